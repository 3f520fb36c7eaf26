import { randomUUID } from "node:crypto";
import { workOnClaimed } from "#lib/commands/runs/execute-run.ts";
import { SECOND } from "#lib/core/units.ts";
import type { ClaimedRun } from "#lib/db/claims.ts";
import { sendLiveNews } from "#lib/db/live.ts";
import { settleDatabaseTime } from "#lib/db/settle-database-time.ts";
import { moveLease, retireWorkerPool } from "#lib/db/worker-pools.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { startHeartbeat } from "#lib/queue/heartbeat.ts";
import type { AttemptCount, FromLargeRuns, ToLargeRuns } from "#lib/worker/large-run-messages.ts";
import { endWhenStuck, endWithParent } from "#lib/worker/watch-thread.ts";

const LETTING_GO_MS_MAX = 2 * SECOND;

/**
 * Works on the runs its worker hands over, as a pool of its own: a run is taken over from the worker's pool under the
 * same lease before anything is done with it. Without its worker this process gives back what it holds and ends.
 */
export async function workOnLargeRuns(parentPid: number): Promise<void> {
  endWithParent(parentPid, LETTING_GO_MS_MAX + SECOND);
  endWhenStuck();
  const poolId = `large_${randomUUID()}`;
  const abort = new AbortController();
  let draining = false;
  let orphaned = false;
  // Ctrl-C reaches the whole group; the worker drains first and tells us then.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  const heartbeat = startHeartbeat(poolId, () => {
    log().error({ poolId }, "others have declared the process for large bodies dead and taken its runs; ending");
    process.exit(1);
  });

  const work = async (run: ClaimedRun): Promise<FromLargeRuns> => {
    heartbeat.hold(run.leaseToken);
    try {
      await heartbeat.registered;
      await settleDatabaseTime();
      if (!(await moveLease(run, poolId))) throw new LeaseLostError(run.id);
      const ending = await workOnClaimed(run, {
        poolId,
        isProven: () => !orphaned && heartbeat.isProven(),
        isDraining: () => draining,
        hold: heartbeat.hold,
        letGo: heartbeat.letGo,
        signal: abort.signal,
      });
      return { kind: "ended", runId: run.id, ending, attempts: await takeAttempts() };
    } catch (error) {
      const lost = error instanceof LeaseLostError;
      return { kind: "failed", runId: run.id, lost, message: error instanceof Error ? error.message : String(error) };
    } finally {
      heartbeat.letGo(run.leaseToken);
    }
  };
  process.on("message", (message: ToLargeRuns) => {
    if (message.kind === "work") {
      void work(message.run).then(
        (said) => process.connected && process.send?.(said, undefined, undefined, () => undefined),
      );
      return;
    }
    draining = true;
    if (message.kind === "abort") abort.abort();
  });
  process.on("disconnect", () => {
    orphaned = true;
    heartbeat.stop();
    const letGo = Promise.allSettled([retireWorkerPool(poolId), sendLiveNews()]);
    void Promise.race([letGo, new Promise((resolve) => setTimeout(resolve, LETTING_GO_MS_MAX))]).finally(() =>
      process.exit(0),
    );
  });
}

/** What the worker has been told of by kind of attempt: its own metrics are the ones that are read. */
const told = new Map<string, number>();

/** What was counted here since the worker was last told. */
async function takeAttempts(): Promise<AttemptCount[]> {
  const { values } = await metrics().attempts.get();
  return values.flatMap(({ labels, value }) => {
    const { action, outcome } = labels as { action: string; outcome: string };
    const count = value - (told.get(`${action} ${outcome}`) ?? 0);
    told.set(`${action} ${outcome}`, value);
    return count === 0 ? [] : [{ action, outcome, count }];
  });
}
