import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { quarantineRun } from "#lib/commands/quarantine-run.ts";
import { SECOND } from "#lib/core/units.ts";
import { isConnectionLost } from "#lib/db/connection-lost.ts";
import { postponeRun } from "#lib/db/suspect-runs.ts";
import { retireWorkerPool } from "#lib/db/worker-pools.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { runInOwnProcess } from "#lib/worker/run-in-own-process.ts";

/** Whoever kills a whole machine or container may kill the child a moment before us: a verdict waits for that moment. */
const VERDICT_AFTER_MS = 1 * SECOND;
const WRITE_MS_MAX = 30 * SECOND;
const WRITE_AGAIN_MS = SECOND / 4;

/**
 * Works on a suspect run in a process of its own, one at a time in this one, and quarantines it when that process came to
 * harm by it. Nothing else was in that process, so nothing else can be found guilty. While the place is taken, and
 * whenever nothing was proven, the run is put back.
 */
export async function executeRunAlone(runId: string, worker: { isDraining(): boolean; signal: AbortSignal }): Promise<void> {
  const place = singleton("suspect-run", () => ({ taken: false }));
  if (place.taken || worker.isDraining()) return postponeRun(runId, 1 * SECOND);
  place.taken = true;
  try {
    const poolId = `alone_${randomUUID()}`;
    log({ runId }).warn({ poolId }, "this run lost its worker repeatedly; working on it in a process of its own");
    const verdict = await runInOwnProcess({ runId, poolId, ...worker });
    if (verdict.kind === "innocent") return;
    if (verdict.kind === "guilty") {
      await sleep(VERDICT_AFTER_MS);
      if (!worker.isDraining()) return void (await persist(() => quarantineRun(runId, poolId, verdict.how)));
    }
    log({ runId }).warn({ poolId, verdict }, "nothing is proven against this run; it will be taken up again");
    await persist(() => retireWorkerPool(poolId));
    await persist(() => postponeRun(runId, 1 * SECOND));
  } finally {
    place.taken = false;
  }
}

/** Writes while the database may be away; what is not written in time throws, and the run is judged again. */
async function persist<Result>(write: () => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + WRITE_MS_MAX;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > giveUpAt) throw error;
      await sleep(WRITE_AGAIN_MS);
    }
  }
}
