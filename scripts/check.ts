import { bin, endWith, lintChecks, node, runChecks, typeCheck, vitest } from "./checks.ts";
import { refreshGeneratedFiles } from "./generated-files.ts";
import { say } from "./say.ts";

/** The fast checks before a commit, about a minute; with --write, what can be mended is mended first. */
const began = performance.now();
const projects = ["unit", "contract", "architecture"].flatMap((name) => ["--project", name]);
if (process.argv.includes("--write")) {
  for (const file of refreshGeneratedFiles()) say(`refreshed ${file}`);
  await node(bin("oxlint", "bin", "oxlint"), ["--type-aware", "--fix"]);
  await node(bin("@biomejs/biome", "bin", "biome"), ["check", "--write", "."]);
}
endWith(await runChecks([...lintChecks, typeCheck, vitest("unit, contract and architecture tests", projects)]), began);
