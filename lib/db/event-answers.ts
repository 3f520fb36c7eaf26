import { LRUCache } from "lru-cache";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { ANSWER_CHANNEL } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { mayAnswerSender } from "#lib/engine/answers-sender.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** What a flow told the sender of an event. */
export type ComputedAnswer = { status: number; headers: Array<[name: string, value: string]>; body: string };

/** What was given instead of waiting on, and so which fallback: the words of `event_answer.given` beside "computed". */
export type FallbackReason = "deadline" | "ended" | "no-answering-flow" | "no-flow" | "parked" | "busy" | "stopping";

/**
 * What is kept about an event's answer: what was given and after how long, and the first run's answer where there is
 * one.
 */
export type EventAnswer = {
  given: "computed" | FallbackReason | null;
  givenMs: number | null;
  computed: ComputedAnswer | null;
  runId: string | null;
};

/** What became of a run's answer. */
export type WrittenAnswer = "given" | "too-late" | "already-answered" | "nobody-waits";

/** Past its deadline by this much an event has no sender any more, even if nobody wrote down what was given. */
const LATE_MS = 2_000;

/**
 * Makes this the event's answer unless another step answered first, and wakes the process that holds the sender's
 * request once it is committed. The same step of the same run may say it again.
 */
export async function writeAnswerOnce(
  workspaceId: WorkspaceId,
  place: { runId: string; path: string },
  answer: ComputedAnswer,
): Promise<WrittenAnswer> {
  try {
    const { rows } = await pool().query<{ waits: boolean; wrote: boolean; late: boolean; given: string | null }>({
      name: "write-answer",
      text: WRITE,
      values: [
        workspaceId,
        place.runId,
        place.path,
        answer.status,
        JSON.stringify(answer.headers),
        answer.body,
        LATE_MS,
      ],
    });
    const row = rows[0];
    if (row === undefined || !row.waits) return "nobody-waits";
    if (!row.wrote) return "already-answered";
    return row.late || (row.given !== null && row.given !== "computed") ? "too-late" : "given";
  } catch (error) {
    // check_violation: the event's day has no partition any more, or never had one; so nobody waits either.
    if ((error as { code?: unknown }).code === "23514") return "nobody-waits";
    throw error;
  }
}

const WRITE = `
WITH asked AS (
  SELECT r.event_id, r.workspace_id,
         r.kind = 'event' AND e.settings::json #>> '{answer,kind}' = 'flow' AS waits,
         coalesce(now() > v.received_at + make_interval(
           secs => ((e.settings::json #>> '{answer,deadlineMs}')::int + $7::int) / 1000.0), false) AS late
  FROM run r JOIN event v ON v.id = r.event_id JOIN endpoint e ON e.id = r.endpoint_id
  WHERE r.workspace_id = $1 AND r.id = $2
), written AS (
  INSERT INTO event_answer AS a (event_id, workspace_id, status, headers, body, run_id, path)
  SELECT event_id, workspace_id, $4::int, $5::text, $6::text, $2, $3::text FROM asked WHERE waits
  ON CONFLICT (event_id) DO UPDATE SET status = excluded.status, headers = excluded.headers, body = excluded.body,
                                       run_id = excluded.run_id, path = excluded.path
  WHERE a.status IS NULL OR (a.run_id = excluded.run_id AND a.path = excluded.path)
  RETURNING event_id, given
)
SELECT asked.waits, written.event_id IS NOT NULL AS wrote, asked.late, written.given,
       pg_notify('${ANSWER_CHANNEL}', written.event_id::text)
FROM asked LEFT JOIN written ON true`;

/** Says that a run which might have answered its event's sender has ended. */
export async function notifyAnswererEnded(eventId: string): Promise<void> {
  await pool().query("SELECT pg_notify($1, $2)", [ANSWER_CHANNEL, eventId]);
}

/**
 * Decides for the fallback, unless a run has answered already: then false, and its answer is what the sender gets.
 * After a true every later answer knows that it is too late.
 */
export async function claimFallback(
  workspaceId: WorkspaceId,
  eventId: string,
  reason: FallbackReason,
  afterMs: number,
): Promise<boolean> {
  const { rowCount } = await pool().query({
    name: "claim-fallback",
    text: `INSERT INTO event_answer AS a (event_id, workspace_id, given, given_ms) VALUES ($2, $1, $3, $4)
           ON CONFLICT (event_id) DO UPDATE SET given = excluded.given, given_ms = excluded.given_ms
           WHERE a.status IS NULL`,
    values: [workspaceId, eventId, reason, afterMs],
  });
  return rowCount === 1;
}

/** Writes down after how long the computed answer was given. */
export async function setComputedGiven(workspaceId: WorkspaceId, eventId: string, afterMs: number): Promise<void> {
  await pool().query({
    name: "set-computed-given",
    text: `UPDATE event_answer SET given = 'computed', given_ms = $3
           WHERE workspace_id = $1 AND event_id = $2 AND given IS NULL`,
    values: [workspaceId, eventId, afterMs],
  });
}

/** What is kept about an event's answer; null when no flow was to give one, or it is past retention. */
export async function findEventAnswer(workspaceId: WorkspaceId, eventId: string): Promise<EventAnswer | null> {
  const { rows } = await pool().query<{
    given: EventAnswer["given"];
    givenMs: number | null;
    status: number | null;
    headers: string | null;
    body: string | null;
    runId: string | null;
  }>({
    name: "find-event-answer",
    text: `SELECT given, given_ms AS "givenMs", status, headers, body, run_id AS "runId"
           FROM event_answer WHERE workspace_id = $1 AND event_id = $2`,
    values: [workspaceId, eventId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  const computed =
    row.status === null
      ? null
      : {
          status: row.status,
          headers: JSON.parse(row.headers ?? "[]") as ComputedAnswer["headers"],
          body: row.body ?? "",
        };
  return { given: row.given, givenMs: row.givenMs, computed, runId: row.runId };
}

/**
 * Whether an answer may still come for an event: from a run under way ("open"), no longer ("ended"), or never ("none").
 */
export async function findAnswerers(workspaceId: WorkspaceId, eventId: string): Promise<"open" | "ended" | "none"> {
  const { rows } = await pool().query<{ versionId: string; open: boolean }>({
    name: "find-answerers",
    text: `SELECT version_id AS "versionId", bool_or(finished_at IS NULL) AS open FROM run
           WHERE workspace_id = $1 AND event_id = $2 AND kind = 'event' GROUP BY version_id`,
    values: [workspaceId, eventId],
  });
  const answering = await listAnsweringVersions(
    workspaceId,
    rows.map((row) => row.versionId),
  );
  const answerers = rows.filter((row) => answering.has(row.versionId));
  if (answerers.length === 0) return "none";
  return answerers.some((row) => row.open) ? "open" : "ended";
}

const VERSIONS_KEPT_MAX = 10_000;

/** Those of the versions that may answer their sender. Versions never change, so each is read once per process. */
async function listAnsweringVersions(workspaceId: WorkspaceId, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const known = singleton("answering-versions", () => new LRUCache<string, boolean>({ max: VERSIONS_KEPT_MAX }));
  const answering = new Map(ids.map((id) => [id, known.get(id)]));
  const unknown = ids.filter((id) => answering.get(id) === undefined);
  if (unknown.length > 0) {
    const { rows } = await pool().query<{ id: string; definition: string }>(
      "SELECT id, definition FROM flow_version WHERE workspace_id = $1 AND id = ANY ($2::uuid[])",
      [workspaceId, unknown],
    );
    for (const { id, definition } of rows) {
      const mayAnswer = mayAnswerSender(definition);
      answering.set(id, mayAnswer);
      known.set(id, mayAnswer);
    }
  }
  return new Set(ids.filter((id) => answering.get(id) === true));
}

/** The live flows that listen to an endpoint and may answer its senders. */
export async function listAnsweringFlows(
  workspaceId: WorkspaceId,
  endpointId: string,
): Promise<Array<{ id: string; name: string }>> {
  const { rows } = await pool().query<{ id: string; name: string; definition: string }>(
    `SELECT f.id, f.name, v.definition
     FROM flow_trigger t JOIN flow f ON f.id = t.flow_id JOIN flow_version v ON v.id = t.version_id
     WHERE t.workspace_id = $1 AND t.endpoint_id = $2 ORDER BY f.name LIMIT 100`,
    [workspaceId, endpointId],
  );
  return rows.filter(({ definition }) => mayAnswerSender(definition)).map(({ id, name }) => ({ id, name }));
}
