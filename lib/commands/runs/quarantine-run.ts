import { quarantineRun as writeQuarantine } from "#lib/db/suspect-runs.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { tellRunEnded } from "#lib/running/tell-run.ts";

/**
 * Ends a run that took down the process of its own it was worked on in, as the pool `poolId`. `how` goes on after "its
 * process": "ended by signal SIGKILL". False when the run was not that pool's to judge any more.
 */
export async function quarantineRun(runId: string, poolId: string, how: string): Promise<boolean> {
  const run = await writeQuarantine(
    runId,
    poolId,
    `This run takes down the process that works on it: even a process of its own ${how}. It is not tried again ` +
      "automatically.",
  );
  if (run === null) {
    log({ runId }).warn({ poolId, how }, "a run took its process down, but it had ended or gone on elsewhere");
    return false;
  }
  log({ runId, workspaceId: run.workspaceId }).error({ poolId, how }, "quarantined a run that takes its process down");
  metrics().runsFinished.inc({ status: "failed" });
  await tellRunEnded(run);
  return true;
}
