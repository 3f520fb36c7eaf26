import { EventEmitter } from "node:events";
import { Logger, runTaskList, type WorkerEvents } from "graphile-worker";
import { SECOND } from "#lib/core/units.ts";
import { openQueueConnections } from "#lib/db/queue-connections.ts";
import { throughOutage } from "#lib/db/through-outage.ts";
import { retireWorkerPool } from "#lib/db/worker-pools.ts";
import { log } from "#lib/platform/log.ts";
import { type Heartbeat, startHeartbeat } from "#lib/queue/heartbeat.ts";
import { watchFetching } from "#lib/queue/watch-fetching.ts";

/** The doorbell's text: which run to look at. `inTurn`: it was held back at a gate that was opened for it. */
export type RunJob = { runId: string; inTurn: boolean };

/** Work on a job. Once `freed`, the job is done with and its place is another's, although the work goes on. */
export type Handling = { ended: Promise<void>; freed: Promise<void> };

/** What a handler may know about the pool it runs in. */
export type PoolHandle = { id: string; heartbeat: Heartbeat; isDraining(): boolean };

/**
 * Works on jobs until stopped. `ended` resolves when the pool has ended for whatever reason, or does not work any more.
 */
export type WorkerPool = {
  id: string;
  ended: Promise<void>;
  /** What keeps it from taking jobs now, in words; null when nothing does, also while every place is taken. */
  findProblem(): string | null;
  /**
   * Takes no more jobs, waits up to `graceMs` for handlers, then hands back whatever is left; with `waitsForDatabase`
   * also when the database is away for half a minute meanwhile.
   */
  stop(graceMs: number, waitsForDatabase?: boolean): Promise<void>;
};

/**
 * Starts one pool of the queue. `handle` must throw when it lost its run's lease: returning would delete the job that
 * its new owner works on. What fails after it freed its place is its own to see to. `onDead` is called when others have
 * declared this pool dead.
 */
export async function startWorkerPool(options: {
  databaseUrl: string;
  concurrency: number;
  handle: (job: RunJob, pool: PoolHandle) => Handling;
  onDead: () => void;
}): Promise<WorkerPool> {
  const connections = openQueueConnections(options.databaseUrl);
  let draining = false;
  const active = new Set<Promise<void>>();
  let placesTaken = 0;
  let handle: PoolHandle | null = null;
  const events: WorkerEvents = new EventEmitter();
  events.setMaxListeners(0);
  // The id exists from here on; it is what the queue writes into locked_by.
  events.once("pool:create", ({ workerPool }) => {
    handle = {
      id: workerPool.id,
      heartbeat: startHeartbeat(workerPool.id, options.onDead),
      isDraining: () => draining,
    };
  });

  const pool = runTaskList(
    {
      events,
      logger: quietLogger(() => draining),
      noHandleSignals: true,
      concurrency: options.concurrency,
      gracefulShutdownAbortTimeout: 60 * SECOND,
      preset: {
        worker: {
          pollInterval: 1 * SECOND,
          // Prefetched jobs are locked: few and short, or another worker would starve beside them.
          localQueue: { size: Math.max(2, options.concurrency * 2), ttl: 2 * SECOND },
          completeJobBatchDelay: 5,
          failJobBatchDelay: 5,
        },
      },
    },
    {
      run: async (payload) => {
        if (handle === null) throw new Error("The pool has no id yet.");
        await handle.heartbeat.registered;
        const { ended, freed } = options.handle(readJob(payload), handle);
        const counted = ended.finally(() => active.delete(counted));
        active.add(counted);
        placesTaken += 1;
        await Promise.race([counted, freed]).finally(() => (placesTaken -= 1));
      },
    },
    connections,
  );
  const known = handle as PoolHandle | null;
  if (known === null) throw new Error("The queue did not announce its pool.");

  const finished = Promise.resolve(pool.promise)
    .catch((error: unknown) =>
      draining ? log().debug({ error }, "the queue's pool ended") : log().error({ error }, "the queue's pool ended"),
    )
    .then(() => undefined);
  const watch = watchFetching(events, {
    hasFreePlace: () => placesTaken < options.concurrency,
    isDatabaseProven: () => known.heartbeat.isProven(),
  });
  let tellStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (tellStopped = resolve));
  return {
    id: known.id,
    ended: Promise.race([finished, watch.stuck, stopped]),
    findProblem() {
      if (draining) return "stopping: takes no more runs";
      if (!known.heartbeat.isProven()) return "has not reached the database for some seconds";
      return watch.isAnswered() ? null : "gets no answer from the queue";
    },
    async stop(graceMs, waitsForDatabase = false) {
      draining = true;
      watch.stop();
      let late: NodeJS.Timeout | undefined;
      const shutDown = Promise.resolve(pool.gracefulShutdown("stopping")).catch(() => undefined);
      // The queue's own shutdown gives up early when jobs still wait in its local queue: handlers are counted here.
      const drained = Promise.all([shutDown, finished]).then(() => Promise.allSettled(active));
      await Promise.race([drained, new Promise((resolve) => (late = setTimeout(resolve, graceMs)))]);
      clearTimeout(late);
      known.heartbeat.stop();
      await handBack(known.id, waitsForDatabase);
      await Promise.race([
        connections.end().catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, 1 * SECOND).unref()),
      ]);
      tellStopped();
    },
  };
}

/** Tries through an outage where it is waited for; whatever is left then, others find silent. */
async function handBack(poolId: string, waitsForDatabase: boolean): Promise<void> {
  const retire = () => retireWorkerPool(poolId);
  try {
    await (waitsForDatabase ? throughOutage(retire) : retire());
  } catch (error) {
    log().warn({ error }, "could not retire the pool; others will find it silent");
  }
}

function readJob(payload: unknown): RunJob {
  if (typeof payload !== "object" || payload === null || !("runId" in payload) || typeof payload.runId !== "string")
    throw new Error("A job without a run id.");
  return { runId: payload.runId, inTurn: "inTurn" in payload && payload.inTurn === true };
}

/**
 * The queue logs every job; only what goes wrong is ours to keep, and while stopping nothing: what it leaves is handed
 * back.
 */
function quietLogger(isDraining: () => boolean): Logger {
  return new Logger(() => (level, message, meta) => {
    if (isDraining()) log().debug({ queue: message }, "the queue is stopping");
    else if (level === "error") log().warn({ queue: message, error: meta?.error }, "the queue reports a problem");
    else if (level === "warning") log().info({ queue: message }, "the queue reports");
  });
}
