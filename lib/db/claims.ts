import type { ClosedGates, Gate, GateKind } from "#lib/core/gate.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { LARGE_BODY_BYTES } from "#lib/core/size-limits.ts";
import { booleanArray, textArray, uuidArray } from "#lib/db/binary-array.ts";
import { holdBack } from "#lib/db/held-back-runs.ts";
import { claimPool, GATHER_MS } from "#lib/db/run-pool.ts";
import { GroupCommit } from "#lib/platform/group-commit.ts";
import { singleton } from "#lib/platform/singleton.ts";

/**
 * From this many claims without progress on, a run may have taken its workers down: it is worked on in its own process.
 */
export const CLAIMS_SUSPECT = 2;

/** The wish to work on a run: a fresh random token and the pool that will hold it. Only `alone` takes a suspect run. */
export type ClaimWish = { runId: string; leaseToken: string; poolId: string; alone?: boolean };

/** A wish that heeds gates. `inTurn`: the run was held back, and its gate was opened for it. */
export type SharedClaimWish = ClaimWish & { inTurn: boolean; closed: ClosedGates };

/** The run was not taken: it waits at this gate now, and needs no job until the gate opens. */
export type HeldBackClaim = { heldBackAt: Gate };

/** A run now held under `leaseToken`, with the event it is about. */
export type ClaimedRun = {
  id: string;
  leaseToken: string;
  workspaceId: WorkspaceId;
  flowId: string;
  flowName: string;
  versionId: string;
  kind: string;
  name: string | null;
  originRunId: string;
  /** Claims since the run last got further that count against it, this one included; and those that do not. */
  claims: number;
  faults: number;
  /** No worker has had it before. */
  isFresh: boolean;
  eventId: string;
  /** Bytes of the body the run is about. A large one is not read with the claim: `loadLargeBody` brings it. */
  bodyBytes: number;
  /** The body this run has instead of its event's; null = the event's own. */
  ownBody: OwnBody | null;
  /** Null when the event is past retention. With a body of the run's own, `body` is empty. */
  event: ClaimedEvent | null;
};

/** A run's own body. "trigger": `data` is a text as JSON text; "item": `data` is the item's exact JSON text. */
export type OwnBody = { readonly kind: "trigger" | "item"; readonly id: string; readonly data: string };

/** Which item of a split event it is about, from 0, and how many there are. */
export type ItemPlace = { readonly index: number; readonly count: number };

/** The event as it came in. `headers` is JSON text of [name, value] pairs in wire order. */
export type ClaimedEvent = {
  /** The item's place; null when it is about the whole event. Names and ids are the item's then. */
  item: ItemPlace | null;
  eventType: string | null;
  deliveryId: string | null;
  method: string;
  contentType: string | null;
  receivedAt: Date;
  path: string;
  query: string;
  headers: string;
  body: Uint8Array;
};

/**
 * Takes a run that nobody holds and that is due; null when there is nothing to do: it is finished, held, not due yet,
 * or suspect and not to be worked on alone. Held back when its flow or workspace is among the closed ones, or its
 * workspace's brake is on. Never steals. Claims that arrive together are one statement.
 */
export function claimRun(wish: ClaimWish | SharedClaimWish): Promise<ClaimedRun | HeldBackClaim | null> {
  return claims().submit("closed" in wish ? wish : { ...wish, inTurn: null, closed: NONE });
}

const NONE: ClosedGates = { full: [], lined: [] };

/** `inTurn` is null where no gate is heeded. */
type Wish = ClaimWish & { inTurn: boolean | null; closed: ClosedGates };

const claims = () =>
  singleton(
    "claims",
    () =>
      new GroupCommit<Wish, ClaimedRun | HeldBackClaim | null>({
        flush: claimRuns,
        mayBeOneItem: () => false,
        bytesOf: () => 100,
        itemsPerFlushMax: 200,
        bytesPerFlushMax: Number.MAX_SAFE_INTEGER,
        itemsWaitingMax: 10_000,
        bytesWaitingMax: Number.MAX_SAFE_INTEGER,
        waitMsMax: 10_000,
        gatherMs: GATHER_MS,
      }),
  );

// Rows are locked in the order of their ids, as everywhere: two statements over the same runs wait, never deadlock.
// status || '' keeps the planner off the index of open runs: it would read the whole backlog for each claim (measured
// 0.5 ms and growing, against 0.05 by primary key). OFFSET 0 keeps the payload lookup a lookup per row, so that only
// the day's partition is opened. $6: ids of flows and workspaces whose share is used up; $7: of those with runs held
// back, which come first. Whoever does not heed those heeds the brake all the same.
const CLAIM = `
WITH wish AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[], $5::bool[])
    AS t(run_id, token, pool, alone, in_turn)
), free AS (
  SELECT r.id, w.token, w.pool, r.started_at IS NULL AND r.kind <> 'replay' AS fresh, r.workspace_id,
         g.kind AS gate_kind, CASE g.kind WHEN 'workspace' THEN r.workspace_id ELSE r.flow_id END AS gate_key
  FROM wish w JOIN run r ON r.id = w.run_id
  LEFT JOIN brake b ON b.workspace_id = r.workspace_id
  CROSS JOIN LATERAL (SELECT CASE
    WHEN r.kind = 'canary' THEN NULL
    WHEN b.workspace_id IS NOT NULL AND w.in_turn IS NOT TRUE AND r.flow_id <> ALL (b.released_flows) THEN 'brake'
    WHEN w.in_turn IS NULL THEN NULL
    WHEN r.flow_id = ANY ($6::uuid[]) OR (NOT w.in_turn AND r.flow_id = ANY ($7::uuid[])) THEN 'flow'
    WHEN r.workspace_id = ANY ($6::uuid[]) OR (NOT w.in_turn AND r.workspace_id = ANY ($7::uuid[])) THEN 'workspace'
  END AS kind) g
  WHERE r.status || '' IN ('queued', 'running', 'waiting', 'retrying') AND r.lease_token IS NULL
    AND (r.wake_at IS NULL OR r.wake_at <= now()) AND (w.alone OR r.claims < ${CLAIMS_SUSPECT})
  ORDER BY r.id FOR NO KEY UPDATE OF r
), held_back AS (
  ${holdBack(`SELECT DISTINCT ON (id) id, workspace_id, gate_kind, gate_key::text FROM free
              WHERE gate_kind IS NOT NULL`)}
), claimed AS (
  UPDATE run r SET status = 'running', lease_token = f.token, lease_pool = f.pool, claims = r.claims + 1,
                   wake_at = NULL, started_at = coalesce(r.started_at, now())
  FROM free f WHERE r.id = f.id AND f.gate_kind IS NULL
  RETURNING r.id, r.lease_token, r.workspace_id, r.flow_id, r.version_id, r.kind, r.name, r.origin_run_id, r.claims,
            r.faults, r.event_id, r.trigger_data_id, r.item_index, f.fresh
)
SELECT f.token, f.gate_kind, f.gate_key,
       c.id, c.lease_token, c.workspace_id, c.flow_id, c.version_id, c.kind, c.name, c.origin_run_id, c.claims,
       c.faults, c.event_id, c.fresh, c.item_index, e.item_count, fl.name AS flow_name, e.method, e.content_type,
       (extract(epoch FROM e.received_at) * 1000)::float8 AS received_ms,
       CASE WHEN c.item_index IS NULL THEN e.event_type ELSE i.event_type END AS event_type,
       CASE WHEN c.item_index IS NULL THEN e.delivery_id ELSE i.delivery_id END AS delivery_id,
       p.path, p.query, p.headers, c.trigger_data_id IS NOT NULL OR c.item_index IS NOT NULL AS has_own_body,
       CASE WHEN c.trigger_data_id IS NULL AND c.item_index IS NULL AND octet_length(p.body) <= ${LARGE_BODY_BYTES}
            THEN p.body END AS body,
       coalesce(CASE WHEN c.trigger_data_id IS NULL AND c.item_index IS NULL THEN octet_length(p.body)
                     ELSE octet_length(b.data) END, 0) AS body_bytes,
       b.kind AS own_kind, b.id AS own_id,
       CASE WHEN octet_length(b.data) <= ${LARGE_BODY_BYTES} THEN b.data END AS own_body
FROM free f
LEFT JOIN claimed c ON c.lease_token = f.token
LEFT JOIN flow fl ON fl.id = c.flow_id
LEFT JOIN event e ON e.id = c.event_id
LEFT JOIN LATERAL (SELECT * FROM event_payload ep WHERE ep.event_id = c.event_id OFFSET 0) p ON true
LEFT JOIN LATERAL (SELECT * FROM event_item ei
                   WHERE ei.event_id = c.event_id AND ei.item_index = c.item_index OFFSET 0) i ON true
LEFT JOIN LATERAL (SELECT id, kind, data FROM step_data d
                   WHERE d.id = coalesce(c.trigger_data_id, i.data_id) OFFSET 0) b ON true`;

async function claimRuns(wishes: readonly Wish[]): Promise<(ClaimedRun | HeldBackClaim | null)[]> {
  const of = <T>(pick: (wish: Wish) => T): T[] => wishes.map(pick);
  // What the last one to come knew is the newest.
  const closed = wishes.findLast(({ inTurn }) => inTurn !== null)?.closed ?? NONE;
  const values: unknown[] = [
    uuidArray(of((wish) => wish.runId)),
    uuidArray(of((wish) => wish.leaseToken)),
    textArray(of((wish) => wish.poolId)),
    booleanArray(of((wish) => wish.alone === true)),
    booleanArray(of(({ inTurn }) => inTurn)),
    uuidArray(closed.full),
    uuidArray(closed.lined),
  ];
  const { rows } = await claimPool().query<ClaimRow>({ name: "claim-runs", text: CLAIM, values });
  const byToken = new Map(rows.map((row) => [row.token, row]));
  return wishes.map((wish) => {
    const row = byToken.get(wish.leaseToken);
    if (row === undefined) return null;
    if (row.gate_kind !== null) return { heldBackAt: { kind: row.gate_kind, key: row.gate_key ?? "" } };
    return row.lease_token === null ? null : toClaimedRun(row);
  });
}

const NO_BYTES = new Uint8Array(0);

type ClaimRow = {
  token: string;
  gate_kind: GateKind | null;
  gate_key: string | null;
  id: string;
  /** Null when the run was held back, or went to another wish of the same group. */
  lease_token: string | null;
  workspace_id: WorkspaceId;
  flow_id: string;
  version_id: string;
  kind: string;
  name: string | null;
  origin_run_id: string;
  claims: number;
  faults: number;
  event_id: string;
  fresh: boolean;
  flow_name: string | null;
  event_type: string | null;
  delivery_id: string | null;
  method: string | null;
  content_type: string | null;
  /** As a number: the driver takes ten times as long to read a time from text. */
  received_ms: number | null;
  path: string | null;
  query: string | null;
  headers: string | null;
  item_index: number | null;
  item_count: number | null;
  has_own_body: boolean;
  body: Uint8Array | null;
  body_bytes: number;
  own_kind: string | null;
  own_id: string | null;
  own_body: string | null;
};

function toClaimedRun(row: ClaimRow): ClaimedRun {
  return {
    id: row.id,
    leaseToken: row.token,
    workspaceId: row.workspace_id,
    flowId: row.flow_id,
    flowName: row.flow_name ?? "",
    versionId: row.version_id,
    kind: row.kind,
    name: row.name,
    originRunId: row.origin_run_id,
    claims: row.claims,
    faults: row.faults,
    isFresh: row.fresh,
    eventId: row.event_id,
    bodyBytes: row.body_bytes,
    ownBody:
      row.own_id === null
        ? null
        : { kind: row.own_kind === "item" ? "item" : "trigger", id: row.own_id, data: row.own_body ?? "" },
    event: eventOf(row),
  };
}

function eventOf(row: ClaimRow): ClaimedEvent | null {
  if (row.received_ms === null || row.path === null) return null;
  // A body of the run's own that is past retention: the whole event's must not run in its place.
  if (row.has_own_body && row.own_id === null) return null;
  return {
    item: row.item_index === null ? null : { index: row.item_index, count: row.item_count ?? 0 },
    eventType: row.event_type,
    deliveryId: row.delivery_id,
    method: row.method ?? "POST",
    contentType: row.content_type,
    receivedAt: new Date(row.received_ms),
    path: row.path,
    query: row.query ?? "",
    headers: row.headers ?? "[]",
    body: row.body ?? NO_BYTES,
  };
}
