import { appendFileSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** The environment variable that names the file failures are noted in. */
export const FAILURE_LIST = "HOOKLINE_FAILURE_LIST";

const LINES_OF_A_REASON = 12;

/** Of an error outside of any test the way it came is all there is to find it by. */
const LINES_OF_A_STACK = 8;

/** A vitest reporter that notes each failure with its reason, for those who see only the end of a long output. */
export default class FailureList implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env[FAILURE_LIST];
    if (file === undefined) return;
    const found = [
      ...modules.flatMap((module) => [
        ...module.errors().map((error) => note(module.relativeModuleId, error)),
        ...[...module.children.allSuites()].flatMap((suite) =>
          suite.errors().map((error) => note(`${module.relativeModuleId} > ${suite.fullName}`, error)),
        ),
        ...[...module.children.allTests("failed")].map((test) =>
          note(`${module.relativeModuleId} > ${test.fullName}`, test.result().errors?.[0]),
        ),
      ]),
      ...unhandled.map((error) => note(`outside of any test${during(error)}`, error, LINES_OF_A_STACK)),
    ];
    if (found.length > 0) appendFileSync(file, `${found.join("\n")}\n`);
  }
}

type Failure = { message?: string; stack?: string };

function note(where: string, error: Failure | undefined, stackLines = 0): string {
  const reason = (error?.message ?? "no reason given").split("\n").slice(0, LINES_OF_A_REASON);
  const way = (error?.stack ?? "").split("\n").filter((line) => /^\s*at /.test(line));
  return [`✗ ${where}`, ...[...reason, ...way.slice(0, stackLines)].map((line) => `    ${line}`)].join("\n");
}

/** Vitest says which test ran last when it knows; the error need not be of that test. */
function during(error: SerializedError): string {
  const file: unknown = error.VITEST_TEST_PATH;
  const test: unknown = error.VITEST_TEST_NAME;
  return [file, test].flatMap((said) => (typeof said === "string" ? [`, while ${said} ran`] : [])).join("");
}
