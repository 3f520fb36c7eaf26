import { appendFileSync } from "node:fs";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** The environment variable that names the file failures are noted in. */
export const FAILURE_LIST = "HOOKLINE_FAILURE_LIST";

const LINES_OF_A_REASON = 12;

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
      ...unhandled.map((error) => note("outside of any test", error)),
    ];
    if (found.length > 0) appendFileSync(file, `${found.join("\n")}\n`);
  }
}

function note(where: string, error: { message?: string; stacks?: unknown[] } | undefined): string {
  const reason = (error?.message ?? "no reason given").split("\n").slice(0, LINES_OF_A_REASON);
  return [`✗ ${where}`, ...reason.map((line) => `    ${line}`)].join("\n");
}
