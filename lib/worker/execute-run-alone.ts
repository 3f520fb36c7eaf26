import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { quarantineRun } from "#lib/commands/runs/quarantine-run.ts";
import { SECOND } from "#lib/core/units.ts";
import { isSuspectRun, postponeRun } from "#lib/db/suspect-runs.ts";
import { throughOutage } from "#lib/db/through-outage.ts";
import { retireWorkerPool } from "#lib/db/worker-pools.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { runInOwnProcess } from "#lib/worker/run-in-own-process.ts";

/**
 * Whoever kills a whole machine or container may kill the child a moment before us: a verdict waits for that moment.
 */
const VERDICT_AFTER_MS = 1 * SECOND;

/** What a suspect run takes of its worker. */
type AloneWorker = { isDraining(): boolean; signal: AbortSignal };

/** Suspect runs known here: one is worked on, the others wait in the order they came. */
type Line = { isServed: boolean; readonly waiting: Set<string> };

/** More come back with their jobs. */
const WAITING_MAX = 1_000;
const WAIT_MS_MAX = 60 * SECOND;

/**
 * Works on a suspect run in a process of its own, one at a time in this one, and quarantines it when that process came
 * to harm by it. Nothing else was in that process, so nothing else can be found guilty. Runs that come meanwhile wait
 * in line and are worked on after it; their jobs are put back for the case that this process ends before. So is a run
 * against which nothing was proven.
 */
export async function executeRunAlone(runId: string, worker: AloneWorker): Promise<void> {
  const line = singleton("suspect-runs", (): Line => ({ isServed: false, waiting: new Set() }));
  if (line.isServed || worker.isDraining()) {
    if (line.waiting.size < WAITING_MAX) line.waiting.add(runId);
    return postponeRun(runId, waitMs(line));
  }
  line.isServed = true;
  try {
    line.waiting.delete(runId);
    await workAlone(runId, worker, line);
    for (let next = await nextOf(line, worker); next !== null; next = await nextOf(line, worker))
      await workAlone(next, worker, line);
  } finally {
    line.isServed = false;
  }
}

/** The first in line that nobody has worked on meanwhile. */
async function nextOf({ waiting }: Line, worker: AloneWorker): Promise<string | null> {
  for (const runId of waiting) {
    if (worker.isDraining()) return null;
    waiting.delete(runId);
    if (await throughOutage(() => isSuspectRun(runId))) return runId;
  }
  return null;
}

async function workAlone(runId: string, worker: AloneWorker, line: Line): Promise<void> {
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
  await throughOutage(() => postponeRun(runId, waitMs(line)));
}

/**
 * The more wait, the longer: however many there are, they ask about once a second in all, since they ask ahead of every
 * other run. Spread, so that they do not all ask at the same moment.
 */
function waitMs({ waiting }: Line): number {
  return (1 + Math.random()) * Math.min(WAIT_MS_MAX, Math.max(1, waiting.size) * SECOND);
}
