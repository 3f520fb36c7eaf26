import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { HOUR } from "#lib/core/units.ts";
import {
  addDuplicateCounts,
  addRefusalCounts,
  addSecretUses,
  insertRequests,
  type NewRequest,
  type RefusalDelta,
  setAnswerTimes,
} from "#lib/db/insert-requests.ts";
import { announce, closeLive } from "#lib/db/live.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { WaitingRequests } from "#lib/reception/waiting-requests.ts";

const FLUSH_MS = 200;

/** What the database did not take is tried again after this. */
const AGAIN_MS = 1_000;
const ROWS_PER_FLUSH = 500;

/** Secrets whose uses are counted at once. */
const SECRETS_WAITING_MAX = 2_000;

/** Answer times written per flush. Above 250 events a second they are sampled: each costs an update of its event. */
const ANSWER_TIMES_PER_FLUSH = 50;

/**
 * Remembers a request that made no event; written within a fifth of a second, or, in a flood, only counted. Never fails
 * and never makes a sender wait.
 */
export function recordRequest(request: NewRequest): void {
  const pending = recorder();
  if (request.verdict === "refused") pending.countRefusal(request);
  if (request.verdict === "duplicate" && request.eventId !== null) add(pending.duplicates, request.eventId, 1);
  pending.waiting.add(request);
  pending.schedule(request);
}

/** Whose page shows what is recorded: it is told once that is written. */
export type Recorded = { readonly endpointId: string; readonly workspaceId: WorkspaceId };

/** Counts that this secret verified a request. */
export function recordSecretUse(secretId: string, of: Recorded): void {
  const pending = recorder();
  if (pending.secretUses.size < SECRETS_WAITING_MAX || pending.secretUses.has(secretId))
    add(pending.secretUses, secretId, 1);
  pending.schedule(of);
}

/** Remembers how long the sender of an event waited, as long as there are few. */
export function recordAnswerTime(eventId: string, milliseconds: number, of: Recorded): void {
  const pending = recorder();
  if (pending.answerTimes.size >= ANSWER_TIMES_PER_FLUSH) return;
  pending.answerTimes.set(eventId, milliseconds);
  pending.schedule(of);
}

/** Writes what is still waiting. */
export async function flushRecords(): Promise<void> {
  await recorder().flush();
}

/** The same for a process that stops: pages that other processes serve are told at once, too. */
export async function flushRecordsAndNews(): Promise<void> {
  await flushRecords();
  await closeLive();
}

class Recorder {
  readonly waiting = new WaitingRequests();
  readonly duplicates = new Map<string, number>();
  readonly secretUses = new Map<string, number>();
  readonly answerTimes = new Map<string, number>();
  readonly #refusals = new Map<string, RefusalDelta>();
  #touched = new Map<string, WorkspaceId>();
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();

  countRefusal({ endpointId, workspaceId, reason, receivedAt }: NewRequest): void {
    const hour = new Date(Math.floor(receivedAt.getTime() / HOUR) * HOUR);
    this.#addRefusals({ endpointId, workspaceId, reason: reason ?? "", hour, count: 1 });
  }

  schedule({ endpointId, workspaceId }: Recorded): void {
    this.#touched.set(endpointId, workspaceId);
    this.#wake(FLUSH_MS);
  }

  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write());
    return this.#flushing;
  }

  async #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const touched = this.#touched;
    this.#touched = new Map();
    const rows = this.waiting.take(ROWS_PER_FLUSH);
    let written = false;
    try {
      await insertEach(rows);
      await this.#writeCounts();
      written = true;
    } catch (error) {
      log().warn({ error, lost: rows.length }, "requests without an event were not recorded");
    }
    for (const [endpointId, workspaceId] of touched) announce(workspaceId, `endpoint:${endpointId}`);
    if (written && this.waiting.size === 0) return;
    for (const [endpointId, workspaceId] of touched) this.#touched.set(endpointId, workspaceId);
    this.#wake(written ? FLUSH_MS : AGAIN_MS);
  }

  #wake(afterMs: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), afterMs);
  }

  /**
   * Counts are put back when they could not be written: they are kept for ever and must not be lost to a restart of the
   * database.
   */
  async #writeCounts(): Promise<void> {
    const refusals = [...this.#refusals.values()];
    this.#refusals.clear();
    try {
      await addRefusalCounts(refusals);
    } catch (error) {
      for (const delta of refusals) this.#addRefusals(delta);
      throw error;
    }
    await taken(this.duplicates, addDuplicateCounts);
    await taken(this.secretUses, (counts) => addSecretUses(counts, databaseNow()));
    const times = new Map(this.answerTimes);
    this.answerTimes.clear();
    await setAnswerTimes(times);
  }

  #addRefusals(delta: RefusalDelta): void {
    const key = `${delta.endpointId} ${delta.hour.getTime()} ${delta.reason}`;
    const known = this.#refusals.get(key);
    this.#refusals.set(key, known === undefined ? delta : { ...known, count: known.count + delta.count });
  }
}

function recorder(): Recorder {
  return singleton("request-recorder", () => new Recorder());
}

/** One row the database refuses (NUL in a header) must not take its neighbours with it. */
async function insertEach(rows: readonly NewRequest[]): Promise<void> {
  try {
    await insertRequests(rows);
  } catch (error) {
    if (rows.length < 2) throw error;
    const half = rows.length >> 1;
    const halves = await Promise.allSettled([insertEach(rows.slice(0, half)), insertEach(rows.slice(half))]);
    if (halves.every((outcome) => outcome.status === "rejected")) throw error;
  }
}

async function taken(
  counts: Map<string, number>,
  write: (counts: ReadonlyMap<string, number>) => Promise<void>,
): Promise<void> {
  const now = new Map(counts);
  counts.clear();
  try {
    await write(now);
  } catch (error) {
    for (const [id, count] of now) add(counts, id, count);
    throw error;
  }
}

function add(counts: Map<string, number>, id: string, count: number): void {
  counts.set(id, (counts.get(id) ?? 0) + count);
}
