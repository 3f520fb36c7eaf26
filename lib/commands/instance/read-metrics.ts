import { pool } from "#lib/db/pool.ts";
import { getQueueState } from "#lib/db/queue-state.ts";
import { metrics } from "#lib/platform/metrics.ts";

/** The text Prometheus reads: this process's counters, and what waits in the database when it can be asked. */
export async function readMetrics(): Promise<{ contentType: string; text: string }> {
  const { registry, runs, runsHeldBack, oldestQueuedSeconds, workersAlive, canaryAgeSeconds } = metrics();
  runs.reset();
  runsHeldBack.reset();
  const state = await getQueueState(pool()).catch(() => null);
  if (state !== null) {
    for (const [status, count] of Object.entries(state.byStatus)) runs.set({ status }, count);
    for (const [by, count] of Object.entries(state.heldBack)) runsHeldBack.set({ by }, count);
    oldestQueuedSeconds.set(state.oldestQueuedSeconds);
    workersAlive.set(state.workersAlive);
    canaryAgeSeconds.set(state.canaryAgeSeconds ?? Number.POSITIVE_INFINITY);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}
