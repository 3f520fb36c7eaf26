import { executeRun } from "#lib/commands/runs/execute-run.ts";
import { SECOND } from "#lib/core/units.ts";
import { brakeAll } from "#lib/db/brakes.ts";
import { isConnectionLost } from "#lib/db/connection-lost.ts";
import { closeLive } from "#lib/db/live.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { postponeRun } from "#lib/db/suspect-runs.ts";
import { throughOutage } from "#lib/db/through-outage.ts";
import { withClient } from "#lib/db/with-client.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { assertQueueSchema } from "#lib/queue/assert-queue-schema.ts";
import { startSweeper } from "#lib/queue/sweeper.ts";
import {
  type Handling,
  type PoolHandle,
  type RunJob,
  startWorkerPool,
  type WorkerPool,
} from "#lib/queue/worker-pool.ts";
import type { RunLease } from "#lib/running/run-ports.ts";
import { type Place, Shares } from "#lib/running/shares.ts";
import { closeSandbox, getSandbox } from "#lib/sandbox/sandbox.ts";
import { startCanary } from "#lib/worker/canary.ts";
import { executeRunAlone } from "#lib/worker/execute-run-alone.ts";
import { type GateKeeper, keepGates } from "#lib/worker/keep-gates.ts";
import { openLargeRuns } from "#lib/worker/large-runs.ts";
import { endWhenStuck } from "#lib/worker/watch-thread.ts";

/** A worker of this process. */
export type Worker = {
  /** The pool's id, as the journal's leases name it. */
  poolId(): string;
  /** What keeps it from taking runs now, in words; null when nothing does. */
  findProblem(): string | null;
  /** Takes nothing new, waits up to `graceMs` for effects under way, hands the rest back. */
  stop(graceMs: number): Promise<void>;
};

/**
 * Starts working on runs. `onDead` is called when others have declared this worker dead: the process must end, because
 * what it still does is done by others too. A queue pool that breaks (its database was away) is replaced by a new one.
 */
export async function startWorker(onDead: () => void): Promise<Worker> {
  const { databaseUrl, workerConcurrency, startPaused } = env();
  if (databaseUrl === undefined) throw new Error("The worker needs DATABASE_URL.");
  await withClient(databaseUrl, assertQueueSchema);
  if (startPaused) {
    const braked = await brakeAll("Started with HOOKLINE_START_PAUSED.");
    log().warn({ workspaces: braked }, "the brake is on: nothing is sent until it is released");
  }
  await getSandbox().ready();

  const abort = new AbortController();
  let stopping = false;
  const shares = new Shares(workerConcurrency);
  const gates = keepGates(shares);
  const large = openLargeRuns();
  const handle = (job: RunJob, pool: PoolHandle): Handling => {
    const place = shares.open();
    const ended = workOnJob(job.runId, place, gates, {
      poolId: pool.id,
      isProven: () => pool.heartbeat.isProven(),
      isDraining: () => pool.isDraining(),
      hold: (token) => pool.heartbeat.hold(token),
      letGo: (token) => pool.heartbeat.letGo(token),
      signal: abort.signal,
      large: large.work,
      shared: { shares, place, inTurn: job.inTurn },
    });
    return { ended, freed: place.freed };
  };
  const open = () => startWorkerPool({ databaseUrl, concurrency: workerConcurrency, handle, onDead });

  let pool: WorkerPool = await open();
  const keepOpen = async () => {
    for (;;) {
      await pool.ended;
      if (stopping) return;
      log().warn({ poolId: pool.id }, "the queue's pool broke; opening another");
      await pool.stop(1 * SECOND, true);
      await new Promise((resolve) => setTimeout(resolve, SECOND / 4));
      if (stopping) return;
      pool = await open();
    }
  };
  const kept = keepOpen();
  const sweeper = startSweeper();
  const canary = startCanary();
  const stuckWatch = endWhenStuck();
  log().info({ poolId: pool.id, concurrency: workerConcurrency }, "worker is working");

  return {
    poolId: () => pool.id,
    findProblem: () => pool.findProblem(),
    async stop(graceMs) {
      stopping = true;
      canary.stop();
      gates.stop();
      large.drain();
      const cut = setTimeout(() => {
        abort.abort();
        large.abort();
      }, graceMs);
      await pool.stop(graceMs);
      clearTimeout(cut);
      await large.close();
      await kept;
      sweeper.stop();
      await closeSandbox();
      await closeLive();
      await closeRunPools();
      stuckWatch.stop();
    },
  };
}

async function workOnJob(runId: string, place: Place, gates: GateKeeper, lease: RunLease): Promise<void> {
  let isFreed = false;
  void place.freed.then(() => (isFreed = true));
  try {
    const outcome = await executeRun(runId, lease);
    if (outcome === "suspect") await executeRunAlone(runId, lease);
    if (outcome === "held back") gates.lookSoon();
  } catch (error) {
    const isLost = error instanceof LeaseLostError;
    if (isLost) log({ runId }).warn("the run went to another worker; nothing more was written");
    if (isFreed && isLost) return;
    if (!isFreed && (!isConnectionLost(error) || lease.isDraining())) throw error;
    if (!isConnectionLost(error))
      log({ runId }).error({ error }, "working on a run failed, and so did writing that down");
    // The queue would wait e^tries seconds, and has no job any more for a run that stepped aside.
    await throughOutage(() => postponeRun(runId, SECOND));
  } finally {
    place.end();
  }
}
