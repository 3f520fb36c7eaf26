import type { WorkspaceId } from "#lib/core/ids.ts";
import { type ComputedAnswer, type FallbackReason, findAnswerers, findEventAnswer } from "#lib/db/event-answers.ts";
import { listenAnswers } from "#lib/db/live.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { singleton } from "#lib/platform/singleton.ts";

/**
 * Senders one process lets wait at once; each holds a socket and a timer, and above this the fallback comes at once.
 */
export const ANSWERS_WAITING_MAX = 1_000;

/** How waiting for a flow's answer ended. */
export type AnswerWait = { kind: "computed"; answer: ComputedAnswer } | { kind: "fallback"; reason: FallbackReason };

/**
 * Waits until a run answers the sender of a stored event, until none can any more, or for `waitMs`. Never throws: while
 * the database does not answer, only the deadline ends the wait.
 */
export async function waitForAnswer(workspaceId: WorkspaceId, eventId: string, waitMs: number): Promise<AnswerWait> {
  const { open, stopped } = waits();
  if (stopped) return { kind: "fallback", reason: "stopping" };
  if (waitMs <= 0) return { kind: "fallback", reason: "deadline" };
  if (open.size >= ANSWERS_WAITING_MAX) return { kind: "fallback", reason: "busy" };
  // From the first wait on, and no earlier: a process that stops must not open a connection for it. Again is no harm.
  listenAnswers(wakeWaits);
  const wait = new Wait(waitMs);
  open.set(eventId, wait);
  metrics().answersWaiting.set(open.size);
  try {
    for (;;) {
      // Armed before reading: what happens in between wakes it.
      const news = wait.news();
      const state = await Promise.race([readState(workspaceId, eventId), wait.ended]);
      if (state !== null) return typeof state === "string" ? { kind: "fallback", reason: state } : state;
      const why = await Promise.race([news, wait.ended]);
      if (why !== "news") return { kind: "fallback", reason: why };
    }
  } finally {
    wait.close();
    open.delete(eventId);
    metrics().answersWaiting.set(open.size);
  }
}

/** Gives every waiting sender its fallback, and everybody who comes later; for a process that stops. */
export function endAnswerWaits(): void {
  const all = waits();
  all.stopped = true;
  for (const wait of [...all.open.values()]) wait.end("stopping");
}

/** Lets senders wait again in this process; for tests. */
export function reopenAnswerWaits(): void {
  waits().stopped = false;
}

/** Null: go on waiting. */
async function readState(workspaceId: WorkspaceId, eventId: string): Promise<AnswerWait | null> {
  try {
    const answerers = await findAnswerers(workspaceId, eventId);
    // Read after the runs: a run that has ended has written its answer before.
    const answer = await findEventAnswer(workspaceId, eventId);
    if (answer?.computed != null) return { kind: "computed", answer: answer.computed };
    if (answerers === "open") return null;
    return { kind: "fallback", reason: answerers === "none" ? "no-answering-flow" : "ended" };
  } catch (error) {
    log().debug({ error, eventId }, "whether an answer has come could not be read");
    return null;
  }
}

class Wait {
  readonly ended: Promise<"deadline" | "stopping">;
  #end: (why: "deadline" | "stopping") => void = () => undefined;
  #news: (() => void) | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(waitMs: number) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#timer = setTimeout(() => this.#end("deadline"), waitMs);
  }

  /** Resolves at the next wake. */
  news(): Promise<"news"> {
    return new Promise((resolve) => (this.#news = () => resolve("news")));
  }

  wake(): void {
    this.#news?.();
  }

  end(why: "stopping"): void {
    this.#end(why);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

type Waits = { open: Map<string, Wait>; stopped: boolean };

function waits(): Waits {
  return singleton("answer-waits", () => ({ open: new Map<string, Wait>(), stopped: false }));
}

function wakeWaits(eventId: string | null): void {
  const { open } = waits();
  if (eventId !== null) open.get(eventId)?.wake();
  else for (const wait of open.values()) wait.wake();
}
