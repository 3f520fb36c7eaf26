import type { WorkspaceId } from "#lib/core/ids.ts";
import type { RequestVerdict, Verification } from "#lib/core/states.ts";
import { bytesArray, intArray, textArray, timeArray, uuidArray } from "#lib/db/binary-array.ts";
import { pool } from "#lib/db/pool.ts";

/** A request that made no event. `headers` and `checks` are JSON text, `body` is already cut to what is kept. */
export type NewRequest = {
  readonly id: string;
  readonly workspaceId: WorkspaceId;
  readonly endpointId: string;
  readonly verdict: Extract<RequestVerdict, "refused" | "duplicate" | "handshake">;
  readonly verification: Verification;
  readonly reason: string | null;
  readonly message: string;
  readonly status: number;
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly contentType: string | null;
  readonly headers: string;
  readonly checks: string;
  readonly body: Uint8Array;
  readonly bodyBytes: number;
  readonly bodySha256: Uint8Array | null;
  readonly clientIp: string | null;
  /** The network of the address: what is kept as evidence is shared among them. */
  readonly clientNet: string | null;
  readonly receivedAt: Date;
  readonly answerMs: number;
};

/** Rows kept per endpoint about requests that made no event. */
export const REQUESTS_KEPT_PER_ENDPOINT = 1_000;

/** Rows that may stand above that before they are looked through: it costs more than an insert. */
const SLACK = 200;

/** Stores requests that made no event, and thins out those of the endpoints they belong to; see THIN_OUT. */
export async function insertRequests(requests: readonly NewRequest[]): Promise<void> {
  if (requests.length === 0) return;
  await pool().query({
    text: `INSERT INTO request (${COLUMNS.map(({ name }) => name).join(", ")})
           SELECT * FROM unnest(${COLUMNS.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ")})`,
    values: COLUMNS.map(({ values }) => values(requests)),
  });
  const endpointIds = [...new Set(requests.map((request) => request.endpointId))];
  await pool().query(THIN_OUT, [endpointIds, REQUESTS_KEPT_PER_ENDPOINT, SLACK]);
}

/**
 * Whoever sends junk must not push out the traces of something else. Of each hour, network and reason the first request
 * counts most, then the last, then the newer ones. Networks share what their reason has, and reasons what the endpoint
 * has: each gives up only what is beyond its equal share. Before all of that, a reason keeps the first request it was
 * ever given for, and the first and last of each hour, from whatever network: one sender may have thousands of
 * networks.
 */
const THIN_OUT = `
WITH full_one AS (
  SELECT e.id FROM unnest($1::uuid[]) AS e(id)
  WHERE EXISTS (SELECT FROM request k WHERE k.endpoint_id = e.id ORDER BY k.id DESC OFFSET $2::int + $3::int LIMIT 1)
), in_hour AS (
  SELECT r.id, r.endpoint_id, r.verdict, r.reason, r.client_net,
         row_number() OVER (hour ORDER BY r.id) AS forth, row_number() OVER (hour ORDER BY r.id DESC) AS back,
         CASE WHEN row_number() OVER (whole ORDER BY r.id) = 1 THEN 0
              WHEN row_number() OVER (reason_hour ORDER BY r.id) = 1 THEN 1
              WHEN row_number() OVER (reason_hour ORDER BY r.id DESC) = 1 THEN 1 ELSE 2 END AS edge
  FROM full_one f JOIN request r ON r.endpoint_id = f.id
  WINDOW hour AS (PARTITION BY r.endpoint_id, r.verdict, r.reason, r.client_net, date_trunc('hour', r.received_at)),
    reason_hour AS (PARTITION BY r.endpoint_id, r.verdict, r.reason, date_trunc('hour', r.received_at)),
    whole AS (PARTITION BY r.endpoint_id, r.verdict, r.reason)
), in_net AS (
  SELECT *, row_number() OVER (PARTITION BY endpoint_id, verdict, reason, client_net
    ORDER BY CASE WHEN forth = 1 THEN 1 WHEN back = 1 THEN 2 ELSE back + 1 END, id DESC) AS of_net FROM in_hour
), in_reason AS (
  SELECT *, row_number() OVER (PARTITION BY endpoint_id, verdict, reason ORDER BY edge, of_net, id DESC) AS of_reason
  FROM in_net
), in_endpoint AS (
  SELECT id, row_number() OVER (PARTITION BY endpoint_id ORDER BY of_reason, id DESC) AS place FROM in_reason
)
DELETE FROM request r USING in_endpoint p WHERE r.id = p.id AND p.place > $2`;

/** Refusals of one endpoint in one hour for one reason, to be added to what is counted. */
export type RefusalDelta = {
  readonly endpointId: string;
  readonly workspaceId: WorkspaceId;
  readonly reason: string;
  readonly hour: Date;
  readonly count: number;
};

/** Adds to the counts of refusals that are kept for ever. Each (endpoint, reason, hour) may stand there once. */
export async function addRefusalCounts(deltas: readonly RefusalDelta[]): Promise<void> {
  if (deltas.length === 0) return;
  await pool().query(
    `INSERT INTO refusal_count (endpoint_id, workspace_id, reason, hour, count)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::bigint[])
       AS d(endpoint_id, workspace_id, reason, hour, count)
     ORDER BY endpoint_id, reason, hour
     ON CONFLICT (endpoint_id, reason, hour) DO UPDATE SET count = refusal_count.count + excluded.count`,
    [
      deltas.map((d) => d.endpointId),
      deltas.map((d) => d.workspaceId),
      deltas.map((d) => d.reason),
      deltas.map((d) => d.hour),
      deltas.map((d) => d.count),
    ],
  );
}

/** Adds to the number of later deliveries of events. Each event id may stand there once. */
export async function addDuplicateCounts(counts: ReadonlyMap<string, number>): Promise<void> {
  await addCounts(
    "UPDATE event SET duplicate_count = duplicate_count + d.count FROM d WHERE event.id = d.id",
    "event",
    counts,
  );
}

/** Adds to how often each secret verified a request, and says when it last did. */
export async function addSecretUses(counts: ReadonlyMap<string, number>, lastAt: Date): Promise<void> {
  await addCounts(
    `UPDATE endpoint_secret SET verified_count = verified_count + d.count, last_verified_at = $3
     FROM d WHERE endpoint_secret.id = d.id`,
    "endpoint_secret",
    counts,
    lastAt,
  );
}

/** Writes how long senders waited for the answer; milliseconds by event id. */
export async function setAnswerTimes(milliseconds: ReadonlyMap<string, number>): Promise<void> {
  await addCounts("UPDATE event SET answer_ms = d.count FROM d WHERE event.id = d.id", "event", milliseconds);
}

/** Rows are locked in the order of their ids first, so that two processes never wait for each other in a circle. */
async function addCounts(
  update: string,
  table: "event" | "endpoint_secret",
  counts: ReadonlyMap<string, number>,
  ...more: unknown[]
): Promise<void> {
  if (counts.size === 0) return;
  await pool().query(
    `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS g(id, count)),
       d AS MATERIALIZED (SELECT t.id, given.count FROM ${table} t JOIN given USING (id) ORDER BY t.id FOR UPDATE OF t)
     ${update}`,
    [[...counts.keys()], [...counts.values()], ...more],
  );
}

type Column = { name: string; type: string; values: (requests: readonly NewRequest[]) => Buffer };

function column<Value>(
  name: string,
  type: string,
  array: (values: (Value | null)[]) => Buffer,
  pick: (request: NewRequest) => Value | null,
): Column {
  return { name, type, values: (requests) => array(requests.map(pick)) };
}

const COLUMNS: readonly Column[] = [
  column("id", "uuid", uuidArray, ({ id }) => id),
  column("workspace_id", "uuid", uuidArray, ({ workspaceId }) => workspaceId),
  column("endpoint_id", "uuid", uuidArray, ({ endpointId }) => endpointId),
  column("verdict", "text", textArray, ({ verdict }) => verdict),
  column("verification", "text", textArray, ({ verification }) => verification),
  column("reason", "text", textArray, ({ reason }) => reason),
  column("message", "text", textArray, ({ message }) => message),
  column("status", "int", intArray, ({ status }) => status),
  column("event_id", "uuid", uuidArray, ({ eventId }) => eventId),
  column("event_type", "text", textArray, ({ eventType }) => eventType),
  column("method", "text", textArray, ({ method }) => method),
  column("path", "text", textArray, ({ path }) => path),
  column("query", "text", textArray, ({ query }) => query),
  column("content_type", "text", textArray, ({ contentType }) => contentType),
  column("headers", "text", textArray, ({ headers }) => headers),
  column("checks", "text", textArray, ({ checks }) => checks),
  column("body", "bytea", bytesArray, ({ body }) => body),
  column("body_bytes", "int", intArray, ({ bodyBytes }) => bodyBytes),
  column("body_sha256", "bytea", bytesArray, ({ bodySha256 }) => bodySha256),
  column("client_ip", "text", textArray, ({ clientIp }) => clientIp),
  column("client_net", "text", textArray, ({ clientNet }) => clientNet),
  column("received_at", "timestamptz", timeArray, ({ receivedAt }) => receivedAt),
  column("answer_ms", "int", intArray, ({ answerMs }) => answerMs),
];
