import { defineConfig } from "vitest/config";
import LongestFirst from "./scripts/longest-first.ts";

const withPostgres = { globalSetup: ["tests/support/cluster-setup.ts"] };
const withApp = { globalSetup: [...withPostgres.globalSetup, "tests/support/shared-app-setup.ts"] };

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    isolate: true,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    setupFiles: ["tests/support/fail-on-console-error.ts"],
    // A poll ends as soon as it sees what it waits for: the bound is for machines that are busy with other work.
    expect: { poll: { timeout: 15_000 } },
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    env: { HOOKLINE_LOG_LEVEL: "silent" },
    projects: [
      project("unit", { testTimeout: 10_000 }),
      project("contract", { testTimeout: 20_000 }),
      project("architecture", { testTimeout: 60_000 }),
      project("integration", { testTimeout: 30_000, hookTimeout: 60_000, ...withPostgres }),
      project("e2e", { testTimeout: 120_000, hookTimeout: 180_000, ...withApp }),
      // Most of it is waiting: for what never comes, for silences, for what was killed. It runs beside the integration
      // tests.
      project("waiting", { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false, ...withPostgres }),
      // What looks at a clock on the wall runs alone, at the end.
      project("timed", { testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false, ...withPostgres }),
      project("soak", { testTimeout: 600_000, fileParallelism: false }),
      // Most of it is waiting for what was killed to be taken over.
      project("faults", { testTimeout: 180_000, hookTimeout: 180_000, ...withPostgres }),
    ],
  },
});

function project(
  name: string,
  options: { testTimeout: number; hookTimeout?: number; fileParallelism?: boolean; globalSetup?: string[] },
) {
  return { extends: true as const, test: { name, include: [`tests/${name}/**/*.test.ts`], ...options } };
}
