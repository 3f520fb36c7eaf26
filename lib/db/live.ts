import pg from "pg";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { MINUTE, SECOND } from "#lib/core/units.ts";
import { pool } from "#lib/db/pool.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Something of a workspace changed; whoever shows the topic reads again. */
export type LiveNews = { readonly workspaceId: string; readonly topics: readonly string[] };

/**
 * Told about news of every workspace; must not throw. `null` means news may have been missed: read everything again.
 */
export type LiveHandler = (news: LiveNews | null) => void;

const CHANNEL = "hookline_live";

/** Carries the id of an event whose sender may be answered now; sent at once, inside the transaction that says why. */
export const ANSWER_CHANNEL = "hookline_answer";

/** Told an event's id, or null when news may have been missed; must not throw. */
export type AnswerHandler = (eventId: string | null) => void;

/** NOTIFY takes a lock at commit that all writers share (8,304 → 2,959 transactions a second with one per row). */
const COALESCE_MS = 150;
const RECONNECT_MS_MAX = 2 * SECOND;
const PING_MS = MINUTE / 2;

/** How long news waits that the database did not take. */
const RESEND_MS = SECOND;

/** How long a process that stops waits for its last news to be taken. */
const LAST_NEWS_MS_MAX = SECOND;

/** So many topics of a workspace are kept apart while they wait. */
const TOPICS_MAX = 500;

/** A NOTIFY payload holds 8,000 bytes; past this many topics the workspace is told to read everything. */
const TOPIC_BYTES_MAX = 7_000;

/** Says that `topic` of a workspace changed. Sent within 150 ms, together with everything else that changed by then. */
export function announce(workspaceId: WorkspaceId, topic: string): void {
  remember(workspaceId, [topic]);
  outbox().timer ??= setTimeout(() => void send(), COALESCE_MS);
}

function remember(workspaceId: string, topics: readonly string[]): void {
  const pending = outbox();
  const known = pending.topics.get(workspaceId) ?? new Set<string>();
  for (const topic of topics) known.add(topic);
  pending.topics.set(workspaceId, known.size <= TOPICS_MAX ? known : new Set(["*"]));
}

/** Calls `handler` for the news of every process until the returned function is called. One connection per process. */
export function listenLive(handler: LiveHandler): () => void {
  const state = listener();
  state.handlers.add(handler);
  state.connection ??= keepListening(state);
  return () => {
    state.handlers.delete(handler);
  };
}

/**
 * Calls `handler` whenever an event's answer may have come, on the same connection, until the returned function is
 * called.
 */
export function listenAnswers(handler: AnswerHandler): () => void {
  const state = listener();
  state.answerHandlers.add(handler);
  state.connection ??= keepListening(state);
  return () => {
    state.answerHandlers.delete(handler);
  };
}

/** Sends what has been announced and still waits for its time; a process that ends right after its news needs it. */
export async function sendLiveNews(): Promise<void> {
  const pending = outbox();
  if (pending.timer === null) return;
  clearTimeout(pending.timer);
  await send();
}

/**
 * Ends the connection and the timers of this process, for one that stops; what was announced is sent first, within a
 * second.
 */
export async function closeLive(): Promise<void> {
  await Promise.race([sendLiveNews(), new Promise((resolve) => setTimeout(resolve, LAST_NEWS_MS_MAX))]);
  const pending = outbox();
  if (pending.timer !== null) clearTimeout(pending.timer);
  pending.timer = null;
  pending.topics.clear();
  const state = listener();
  state.stopped = true;
  state.handlers.clear();
  state.answerHandlers.clear();
  state.wake?.();
  await state.connection;
  state.connection = null;
  state.stopped = false;
}

type Outbox = { topics: Map<string, Set<string>>; timer: NodeJS.Timeout | null };

type Listener = {
  handlers: Set<LiveHandler>;
  answerHandlers: Set<AnswerHandler>;
  connection: Promise<void> | null;
  stopped: boolean;
  wake: (() => void) | null;
};

function outbox(): Outbox {
  return singleton("live-outbox", () => ({ topics: new Map(), timer: null }));
}

function listener(): Listener {
  return singleton("live-listener", () => ({
    handlers: new Set<LiveHandler>(),
    answerHandlers: new Set<AnswerHandler>(),
    connection: null,
    stopped: false,
    wake: null,
  }));
}

async function send(): Promise<void> {
  const pending = outbox();
  pending.timer = null;
  const changed = [...pending.topics];
  pending.topics.clear();
  const payloads = changed.map(([workspaceId, topics]) => payloadOf(workspaceId, [...topics]));
  try {
    await pool().query("SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload", [CHANNEL, payloads]);
  } catch (error) {
    // Whoever looks at a page would look at what is old until the next news: it is sent when the database answers
    // again.
    log().debug({ error }, "live news was not sent");
    for (const [workspaceId, topics] of changed) remember(workspaceId, [...topics]);
    pending.timer ??= setTimeout(() => void send(), RESEND_MS);
  }
}

function payloadOf(workspaceId: string, topics: string[]): string {
  const payload = JSON.stringify({ workspaceId, topics });
  return payload.length <= TOPIC_BYTES_MAX ? payload : JSON.stringify({ workspaceId, topics: ["*"] });
}

async function keepListening(state: Listener): Promise<void> {
  let waitMs = 100;
  while (!state.stopped) {
    try {
      await listenOnce(state, () => {
        waitMs = 100;
        tell(state, null);
        tellAnswer(state, null);
      });
    } catch (error) {
      log().debug({ error }, "the live connection broke");
    }
    if (state.stopped) return;
    await pause(state, waitMs);
    waitMs = Math.min(waitMs * 2, RECONNECT_MS_MAX);
  }
}

/** Listens on one connection until it breaks or the process stops. A ping finds connections that died silently. */
async function listenOnce(state: Listener, ready: () => void): Promise<void> {
  const client = new pg.Client({
    connectionString: env().databaseUrl,
    connectionTimeoutMillis: 5 * SECOND,
    query_timeout: 10 * SECOND,
    keepAlive: true,
    application_name: "hookline live",
  });
  const broken = new Promise<void>((resolve) => {
    // Kept for good: a connection may report more than one error, and one nobody listens to ends the process.
    client.on("error", () => resolve());
    client.once("end", () => resolve());
  });
  const ping = setInterval(() => client.query("SELECT 1").catch(() => client.end().catch(() => undefined)), PING_MS);
  try {
    await client.connect();
    client.on("notification", ({ channel, payload }) => {
      if (channel === ANSWER_CHANNEL) tellAnswer(state, payload ?? null);
      else tell(state, parseNews(payload));
    });
    await client.query(`LISTEN ${CHANNEL}; LISTEN ${ANSWER_CHANNEL}`);
    // Closing while this connected found nobody to wake.
    if (state.stopped) return;
    ready();
    await Promise.race([broken, new Promise<void>((resolve) => (state.wake = resolve))]);
  } finally {
    clearInterval(ping);
    state.wake = null;
    await client.end().catch(() => undefined);
  }
}

function tell(state: Listener, news: LiveNews | null): void {
  for (const handler of [...state.handlers]) handler(news);
}

function tellAnswer(state: Listener, eventId: string | null): void {
  for (const handler of [...state.answerHandlers]) handler(eventId);
}

function parseNews(payload: string | undefined): LiveNews | null {
  try {
    const news = JSON.parse(payload ?? "") as Partial<LiveNews> | null;
    if (typeof news?.workspaceId === "string" && Array.isArray(news.topics)) return news as LiveNews;
  } catch {
    // Not ours: somebody else's NOTIFY on the channel.
  }
  return null;
}

function pause(state: Listener, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    state.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
