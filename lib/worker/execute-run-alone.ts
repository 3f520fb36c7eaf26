import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { quarantineRun } from "#lib/commands/runs/quarantine-run.ts";
import { SECOND } from "#lib/core/units.ts";
import { postponeRun } from "#lib/db/suspect-runs.ts";
import { throughOutage } from "#lib/db/through-outage.ts";
import { retireWorkerPool } from "#lib/db/worker-pools.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { runInOwnProcess } from "#lib/worker/run-in-own-process.ts";

/**
 * Whoever kills a whole machine or container may kill the child a moment before us: a verdict waits for that moment.
 */
const VERDICT_AFTER_MS = 1 * SECOND;

/**
 * Works on a suspect run in a process of its own, one at a time in this one, and quarantines it when that process came
 * to harm by it. Nothing else was in that process, so nothing else can be found guilty. While the place is taken, and
 * whenever nothing was proven, the run is put back.
 */
export async function executeRunAlone(
  runId: string,
  worker: { isDraining(): boolean; signal: AbortSignal },
): Promise<void> {
  const place = singleton("suspect-run", () => ({ taken: false }));
  if (place.taken || worker.isDraining()) return postponeRun(runId, waitMs());
  place.taken = true;
  try {
    const poolId = `alone_${randomUUID()}`;
    log({ runId }).warn({ poolId }, "this run lost its worker repeatedly; working on it in a process of its own");
    const verdict = await runInOwnProcess({
      runId,
      poolId,
      isDraining: () => worker.isDraining(),
      signal: worker.signal,
    });
    if (verdict.kind === "innocent") return;
    if (verdict.kind === "guilty") {
      await sleep(VERDICT_AFTER_MS);
      if (!worker.isDraining()) return void (await throughOutage(() => quarantineRun(runId, poolId, verdict.how)));
    }
    log({ runId }).warn({ poolId, verdict }, "nothing is proven against this run; it will be picked up again");
    await throughOutage(() => retireWorkerPool(poolId));
    await throughOutage(() => postponeRun(runId, waitMs()));
  } finally {
    place.taken = false;
  }
}

/** Spread, so that many who wait do not all ask at the same moment whether the place is free. */
function waitMs(): number {
  return (1 + Math.random()) * SECOND;
}
