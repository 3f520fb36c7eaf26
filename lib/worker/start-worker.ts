import { executeRun } from "#lib/commands/runs/execute-run.ts";
import { SECOND } from "#lib/core/units.ts";
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
import { type PoolHandle, type RunJob, startWorkerPool, type WorkerPool } from "#lib/queue/worker-pool.ts";
import { closeSandbox, getSandbox } from "#lib/sandbox/sandbox.ts";
import { startCanary } from "#lib/worker/canary.ts";
import { executeRunAlone } from "#lib/worker/execute-run-alone.ts";
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
  const { databaseUrl, workerConcurrency } = env();
  if (databaseUrl === undefined) throw new Error("The worker needs DATABASE_URL.");
  await withClient(databaseUrl, assertQueueSchema);
  await getSandbox().ready();

  const abort = new AbortController();
  let stopping = false;
  const handle = async (job: RunJob, pool: PoolHandle) => {
    try {
      const isDraining = () => pool.isDraining();
      const outcome = await executeRun(job.runId, {
        poolId: pool.id,
        isProven: () => pool.heartbeat.isProven(),
        isDraining,
        hold: (token) => pool.heartbeat.hold(token),
        letGo: (token) => pool.heartbeat.letGo(token),
        signal: abort.signal,
      });
      if (outcome === "suspect") await executeRunAlone(job.runId, { isDraining, signal: abort.signal });
    } catch (error) {
      if (error instanceof LeaseLostError)
        log({ runId: job.runId }).warn("the run went to another worker; nothing more was written");
      if (!isConnectionLost(error) || pool.isDraining()) throw error;
      // The queue would wait e^tries seconds; a database that is back is asked at once.
      await throughOutage(() => postponeRun(job.runId, SECOND));
    }
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
      const cut = setTimeout(() => abort.abort(), graceMs);
      await pool.stop(graceMs);
      clearTimeout(cut);
      await kept;
      sweeper.stop();
      await closeSandbox();
      await closeLive();
      await closeRunPools();
      stuckWatch.stop();
    },
  };
}
