import { executeRun } from "#lib/commands/runs/execute-run.ts";
import { SECOND } from "#lib/core/units.ts";
import { isConnectionLost } from "#lib/db/connection-lost.ts";
import { sendLiveNews } from "#lib/db/live.ts";
import { postponeRun } from "#lib/db/suspect-runs.ts";
import { retireWorkerPool } from "#lib/db/worker-pools.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { log } from "#lib/platform/log.ts";
import { startHeartbeat } from "#lib/queue/heartbeat.ts";
import { ALIVE_EVERY_MS, type FromAlone, type ToAlone } from "#lib/worker/alone-messages.ts";
import { endWithParent } from "#lib/worker/watch-thread.ts";

const LETTING_GO_MS_MAX = 2 * SECOND;
const CRASH_CODE = 70;

/**
 * Works on one run as a pool of its own and ends the process. Tells its parent that it begins, that it lives, and how
 * it was done; whatever else ends this process is the run's doing. Without its parent it ends at once and gives the run
 * back.
 */
export async function workAlone(task: { runId: string; poolId: string; parentPid: number }): Promise<never> {
  endWithParent(task.parentPid, LETTING_GO_MS_MAX + SECOND);
  const { runId, poolId } = task;
  const abort = new AbortController();
  let draining = false;
  let orphaned = false;
  process.on("message", (message: ToAlone) => {
    draining = true;
    if (message.kind === "abort") abort.abort();
  });
  // Ctrl-C reaches the whole group; the worker drains first and tells us then.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  process.on("disconnect", () => {
    orphaned = true;
    log({ runId }).warn({ poolId }, "the worker of this process is gone; giving the run back");
    void handBack(runId, poolId).finally(() => process.exit(1));
  });
  process.on("uncaughtException", (error) => {
    log({ runId }).error({ error, poolId }, "the process of a suspect run fails");
    if (!isConnectionLost(error)) process.exit(CRASH_CODE);
    void tell({ kind: "ended", how: "fault" }).finally(() => process.exit(0));
  });

  const heartbeat = startHeartbeat(
    poolId,
    () => void tell({ kind: "ended", how: "lost" }).finally(() => process.exit(0)),
  );
  await heartbeat.registered;
  await tell({ kind: "began" });
  setInterval(() => void tell({ kind: "alive" }), ALIVE_EVERY_MS);
  const how = await work(runId, () =>
    executeRun(runId, {
      poolId,
      alone: true,
      isProven: () => !orphaned && heartbeat.isProven(),
      isDraining: () => draining,
      hold: (token) => heartbeat.hold(token),
      letGo: (token) => heartbeat.letGo(token),
      signal: abort.signal,
    }),
  );
  await tell({ kind: "ended", how });
  heartbeat.stop();
  await letGo(poolId);
  process.exit(0);
}

async function work(runId: string, execute: () => Promise<unknown>): Promise<"done" | "lost" | "fault"> {
  try {
    await execute();
    return "done";
  } catch (error) {
    if (error instanceof LeaseLostError) return "lost";
    log({ runId }).error({ error }, "working on a suspect run failed, and the failure could not be written");
    return "fault";
  }
}

/** What this pool still holds goes back, and its news goes out. */
async function letGo(poolId: string): Promise<void> {
  await briefly(Promise.allSettled([retireWorkerPool(poolId), sendLiveNews()]));
}

/** The run's job is still in the hands of the worker that is gone: it gets another. */
async function handBack(runId: string, poolId: string): Promise<void> {
  await briefly(retireWorkerPool(poolId).then(() => postponeRun(runId, 0)));
}

/** A database that is away is not waited for. */
async function briefly(writing: Promise<unknown>): Promise<void> {
  await Promise.race([
    writing.catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, LETTING_GO_MS_MAX)),
  ]);
}

/** Resolves when it has left this process, so that a hang afterwards cannot take it along. */
function tell(message: FromAlone): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}
