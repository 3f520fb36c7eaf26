import { buildApp } from "./build-app.ts";
import { endWith, lintChecks, runBeside, runChecks, typeCheck, vitest } from "./checks.ts";
import { installChromium } from "./install-chromium.ts";
import { say } from "./say.ts";

/** Everything: lint, types and all tests against the built app. With arguments, only vitest with those arguments. */
const began = performance.now();
const args = process.argv.slice(2);
const asked = args.some((arg) => !arg.startsWith("-")) || args.includes("--project");
const prepare = [step("Chromium for the browser tests", installChromium), step("the built app", buildApp)];
/** Of the fault tests, these wait most of their time, too: for what was killed to be taken over, or never to be. */
const PATIENT = ["lost-worker", "lost-branches", "planted-fault"].map((name) => `tests/faults/${name}.test.ts`);
const waiting = [
  vitest("tests that mostly wait", [...projects("waiting"), ...args]),
  vitest("fault tests that mostly wait", [...projects("faults"), ...PATIENT, ...args]),
];
const integration = vitest("integration tests", [...projects("integration"), ...args]);
const suites = [
  vitest("end-to-end tests in Chromium", [...projects("e2e"), ...args]),
  vitest("fault tests", [...projects("faults"), ...PATIENT.flatMap((file) => ["--exclude", file]), ...args]),
  vitest("tests of time, alone", [...projects("timed"), ...args]),
];
const small = vitest("unit, contract and architecture tests", [
  ...projects("unit", "contract", "architecture"),
  ...args,
]);
const failed = asked
  ? await runChecks([...prepare, vitest("the tests asked for", args)])
  : [
      // What looks at types comes after the build, which writes some.
      ...(await runBeside(lintChecks, prepare)),
      ...(await runBeside([typeCheck], [small])),
      ...(await runBeside(waiting, [integration])),
      ...(await runChecks(suites)),
    ];
endWith(failed, began);

function projects(...names: string[]): string[] {
  return names.flatMap((name) => ["--project", name]);
}

function step(name: string, work: () => Promise<void>) {
  return {
    name,
    run: async () => {
      try {
        await work();
        return 0;
      } catch (error) {
        say((error as Error).message);
        return 1;
      }
    },
  };
}
