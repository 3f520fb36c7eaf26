import { executeRun } from "#lib/commands/runs/execute-run.ts";

/** The pool this process works as; insert it with `insertWorkerPool` before working. */
export const POOL_HERE = "here";

const lease = {
  poolId: POOL_HERE,
  isProven: () => true,
  isDraining: () => false,
  hold: () => undefined,
  letGo: () => undefined,
  signal: new AbortController().signal,
  alone: false,
};

/** Works once on a run inside the test's own process, as a worker that holds its lease unless `more` says otherwise. */
export function workOnRun(runId: string, more: Partial<typeof lease> = {}): ReturnType<typeof executeRun> {
  return executeRun(runId, { ...lease, ...more });
}
