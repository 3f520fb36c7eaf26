import type { WorkspaceId } from "#lib/core/ids.ts";
import type { RequestVerdict, Verification } from "#lib/core/states.ts";
import { acceptPool, PATIENT, PATIENT_MS_MAX } from "#lib/db/accept-pool.ts";
import { bytesArray, intArray, textArray, timeArray, uuidArray } from "#lib/db/binary-array.ts";
import { inPgTransaction } from "#lib/db/in-pg-transaction.ts";
import { wantsEventType } from "#lib/db/wants-event-type.ts";

/** An event about to be stored. `headers` and `checks` are JSON text. */
export type NewEvent = {
  readonly id: string;
  readonly workspaceId: WorkspaceId;
  readonly endpointId: string;
  readonly dedupeKey: string;
  /** A key of the window before, for keys that count only inside a window; null otherwise. */
  readonly earlierKey: string | null;
  /** Start of the window in which `earlierKey` still counts. */
  readonly windowStart: Date | null;
  readonly deliveryId: string | null;
  readonly eventType: string | null;
  readonly verification: Verification;
  readonly method: string;
  readonly contentType: string | null;
  readonly body: Uint8Array;
  readonly bodySha256: Uint8Array;
  readonly clientIp: string | null;
  readonly receivedAt: Date;
  readonly path: string;
  readonly query: string;
  readonly headers: string;
  readonly checks: string;
};

/** What became of one event: stored now, stored before (with the first one's id), or its endpoint is gone. */
export type AcceptOutcome =
  | { readonly kind: "stored"; readonly eventId: string; readonly verdict: StoredVerdict }
  | { readonly kind: "duplicate"; readonly firstEventId: string }
  | { readonly kind: "endpoint-gone" };

/** A stored event's verdict; "duplicate" only for a batch whose every item came before. */
export type StoredVerdict = Extract<RequestVerdict, "accepted" | "parked" | "no flow" | "duplicate">;

/**
 * Stores events with their payloads, the runs of every live flow that listens, and the runs' jobs in one statement and
 * so in one transaction; outcomes stand in the order of `events`. Throws when nothing was stored.
 */
export async function acceptEvents(events: readonly NewEvent[]): Promise<AcceptOutcome[]> {
  const { rows } = await acceptPool().query<Stored>(acceptQuery(events));
  return outcomesOf(events, new Map(rows.map((row) => [row.id, row.verdict])));
}

/**
 * The same for large bodies, one of which takes the database up to a second, and more when it has other work: their
 * statement may take 20 s.
 */
export async function acceptLargeEvents(events: readonly NewEvent[]): Promise<AcceptOutcome[]> {
  const stored = await inPgTransaction(acceptPool(), async (client) => {
    await client.query(`SET LOCAL statement_timeout = ${PATIENT_MS_MAX}`);
    const { rows } = await client.query<Stored>({ ...acceptQuery(events), ...PATIENT });
    return rows;
  });
  return outcomesOf(events, new Map(stored.map((row) => [row.id, row.verdict])));
}

type Stored = { id: string; verdict: StoredVerdict };

function acceptQuery(events: readonly NewEvent[]) {
  return { name: "accept-events", text: ACCEPT, values: columnsOf(inKeyOrder(events)) };
}

/** What became of each event, from the verdicts of those that were stored now. */
export async function outcomesOf(
  events: readonly NewEvent[],
  stored: ReadonlyMap<string, StoredVerdict>,
): Promise<AcceptOutcome[]> {
  const left = events.filter((event) => !stored.has(event.id));
  // A second statement: the first one's snapshot does not show a winner that committed while it waited.
  const first = left.length === 0 ? [] : await findFirst(left);
  return events.map((event) => {
    const verdict = stored.get(event.id);
    if (verdict !== undefined) return { kind: "stored", eventId: event.id, verdict };
    const firstEventId = first[left.indexOf(event)];
    return firstEventId == null ? { kind: "endpoint-gone" } : { kind: "duplicate", firstEventId };
  });
}

/** SQL: the rows of `columnsOf` as `incoming`. */
export const INCOMING_EVENTS = `incoming AS MATERIALIZED (
  SELECT *, substring($19::bytea FROM body_from FOR body_bytes) AS body,
         convert_from(substring($19::bytea FROM body_from + body_bytes FOR headers_bytes), 'UTF8') AS headers,
         convert_from(substring($19::bytea FROM body_from + body_bytes + headers_bytes FOR checks_bytes), 'UTF8')
           AS checks
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
              $9::text[], $10::text[], $11::text[], $12::bytea[], $13::text[], $14::timestamptz[], $15::text[],
              $16::text[], $17::int[], $18::int[], $20::int[], $21::int[])
    AS t(id, workspace_id, endpoint_id, dedupe_key, earlier_key, window_start, delivery_id, event_type,
         verification, method, content_type, body_sha256, client_ip, received_at, path, query,
         headers_bytes, checks_bytes, body_from, body_bytes)
)`;

/** SQL condition: no event of the window before has the key of the incoming event `i`. */
export const NOT_IN_WINDOW_BEFORE = `(i.earlier_key IS NULL OR NOT EXISTS (
    SELECT FROM event b
    WHERE b.endpoint_id = i.endpoint_id AND b.dedupe_key = i.earlier_key AND b.received_at > i.window_start))`;

/** SQL: the payloads of the events in `stored`. */
export const STORE_PAYLOADS = `payload AS (
  INSERT INTO event_payload (event_id, workspace_id, path, query, headers, checks, body)
  SELECT i.id, i.workspace_id, i.path, i.query, i.headers, i.checks, i.body FROM incoming i
  -- IS TRUE: looked up in a hash, never joined row by row.
  WHERE (i.id IN (SELECT id FROM stored)) IS TRUE
)`;

/** SQL: one job for each run in `wanted`; those of a lower priority come first, 0 where it is NULL. */
export const queueRuns = (priority: number | "NULL") => `queued AS (
  SELECT count(*) FROM (
    SELECT graphile_worker.add_jobs(array_agg(ROW('run', json_build_object('runId', run_id), NULL, NULL, 32767, NULL,
      ${priority}, NULL)::graphile_worker.job_spec))
    FROM wanted HAVING count(*) > 0) jobs
)`;

/** SQL: one job of the usual priority for each run in `wanted`. */
export const QUEUE_RUNS = queueRuns("NULL");

/** One after another: run ids come from the database, so that the whole is one statement. */
const ACCEPT = `
WITH ${INCOMING_EVENTS}, stored AS (
  INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, delivery_id, event_type, verdict, verification, method,
                     content_type, body_bytes, body_sha256, client_ip, received_at)
  SELECT i.id, i.workspace_id, i.endpoint_id, i.dedupe_key, i.delivery_id, i.event_type,
         CASE WHEN e.paused_at IS NOT NULL THEN 'parked'
              WHEN EXISTS (SELECT FROM flow_trigger t
                           WHERE t.endpoint_id = i.endpoint_id AND t.workspace_id = i.workspace_id
                             AND ${wantsEventType("t", "i.event_type")}) THEN 'accepted'
              ELSE 'no flow' END,
         i.verification, i.method, i.content_type, i.body_bytes, i.body_sha256, i.client_ip, i.received_at
  FROM incoming i JOIN endpoint e ON e.id = i.endpoint_id AND e.deleted_at IS NULL
  WHERE ${NOT_IN_WINDOW_BEFORE}
  ORDER BY i.endpoint_id, i.dedupe_key
  ON CONFLICT (endpoint_id, dedupe_key) DO NOTHING
  RETURNING id, workspace_id, endpoint_id, event_type, verdict, received_at
), ${STORE_PAYLOADS}, wanted AS MATERIALIZED (
  SELECT new_id() AS run_id, s.id AS event_id, s.workspace_id, s.endpoint_id, s.event_type, t.flow_id, t.version_id
  FROM stored s JOIN flow_trigger t ON t.endpoint_id = s.endpoint_id AND t.workspace_id = s.workspace_id
    AND ${wantsEventType("t", "s.event_type")}
  WHERE s.verdict = 'accepted'
), started AS (
  INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id)
  SELECT run_id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, run_id FROM wanted
), ${QUEUE_RUNS}
SELECT stored.id, stored.verdict FROM stored, queued`;

/** The first event of each delivery that was not stored now, in the order given; null where there is none. */
async function findFirst(events: readonly NewEvent[]): Promise<Array<string | null>> {
  const { rows } = await acceptPool().query<{ id: string | null }>({
    name: "find-first-events",
    text: `SELECT coalesce(
             (SELECT e.id FROM event e WHERE e.endpoint_id = i.endpoint_id AND e.dedupe_key = i.dedupe_key),
             (SELECT e.id FROM event e WHERE e.endpoint_id = i.endpoint_id AND e.dedupe_key = i.earlier_key)) AS id
           FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY
             AS i(endpoint_id, dedupe_key, earlier_key, place)
           ORDER BY place`,
    values: [events.map((e) => e.endpointId), events.map((e) => e.dedupeKey), events.map((e) => e.earlierKey)],
  });
  return rows.map((row) => row.id);
}

/**
 * Sorted, so that two processes flushing the same keys wait for each other instead of deadlocking (unsorted: 55 of
 * 180).
 */
export function inKeyOrder<Event extends NewEvent>(events: readonly Event[]): Event[] {
  return [...events].sort(byEndpointAndKey);
}

function byEndpointAndKey(a: NewEvent, b: NewEvent): number {
  if (a.endpointId !== b.endpointId) return a.endpointId < b.endpointId ? -1 : 1;
  return a.dedupeKey < b.dedupeKey ? -1 : a.dedupeKey > b.dedupeKey ? 1 : 0;
}

/**
 * The parameters of `INCOMING_EVENTS`. Bodies, headers and checks travel as one bytea, without a copy as text, and are
 * cut apart in the statement.
 */
export function columnsOf(events: readonly NewEvent[]): Buffer[] {
  let from = 1;
  const starts: number[] = [];
  const chunks: Uint8Array[] = [];
  for (const { body, headers, checks } of events) {
    const texts = Buffer.from(headers + checks, "utf8");
    starts.push(from);
    chunks.push(body, texts);
    from += body.byteLength + texts.byteLength;
  }
  const of = <T>(pick: (event: NewEvent) => T): T[] => events.map(pick);
  return [
    uuidArray(of((e) => e.id)),
    uuidArray(of((e) => e.workspaceId)),
    uuidArray(of((e) => e.endpointId)),
    textArray(of((e) => e.dedupeKey)),
    textArray(of((e) => e.earlierKey)),
    timeArray(of((e) => e.windowStart)),
    textArray(of((e) => e.deliveryId)),
    textArray(of((e) => e.eventType)),
    textArray(of((e) => e.verification)),
    textArray(of((e) => e.method)),
    textArray(of((e) => e.contentType)),
    bytesArray(of((e) => e.bodySha256)),
    textArray(of((e) => e.clientIp)),
    timeArray(of((e) => e.receivedAt)),
    textArray(of((e) => e.path)),
    textArray(of((e) => e.query)),
    intArray(of((e) => Buffer.byteLength(e.headers))),
    intArray(of((e) => Buffer.byteLength(e.checks))),
    Buffer.concat(chunks),
    intArray(starts),
    intArray(of((e) => e.body.byteLength)),
  ];
}
