import { endWith, runChecks, staticChecks, vitest } from "./checks.ts";

/** The fast checks before a commit: lint, types, unit, contract and architecture tests; about a minute. */
const began = performance.now();
const projects = ["unit", "contract", "architecture"].flatMap((name) => ["--project", name]);
endWith(await runChecks([...staticChecks, vitest("unit, contract and architecture tests", projects)]), began);
