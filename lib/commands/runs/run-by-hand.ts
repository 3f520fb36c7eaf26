import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { eventOfRequest } from "#lib/commands/requests/event-of-request.ts";
import {
  type ByHand,
  byHandSchema,
  eventGone,
  getByHandSource,
  getRunnableFlow,
  type RunnableFlow,
} from "#lib/commands/runs/by-hand-source.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { insertByHandEventOnce } from "#lib/db/by-hand-events.ts";
import { listNewPieces, type NewPiece } from "#lib/db/event-items.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import type { Db } from "#lib/db/prisma.ts";
import { isEventPayloadKept } from "#lib/db/replay-sources.ts";
import type { StoredRequest } from "#lib/db/requests.ts";
import { insertRun } from "#lib/db/runs.ts";

/** Items of a split event that run at once by hand. */
export const ITEMS_BY_HAND_MAX = 500;

/** What was started: the event, one made of a request where there was none, and its runs in the order of its items. */
export type RunByHand = { eventId: string; runIds: string[] };

/**
 * Runs a stored event or request through the live version of any flow of the workspace, on or off, whatever endpoint
 * and event types it listens to; its filter decides in the run. A refused request needs the right to accept it, stays
 * unverified, and starts no other flow. Throws NotFoundError, ForbiddenError, InvalidInputError and ConflictError.
 */
export async function runByHand(actor: Actor, input: unknown, now: Date = databaseNow()): Promise<RunByHand> {
  authorize(actor, "run.replay");
  const wish = parseInput(byHandSchema, input);
  const stored = await getByHandSource(actor, wish.source);
  const runnable = await getRunnableFlow(actor, wish.flowId);
  const started =
    stored.kind === "event"
      ? await inTransaction((db) => startRuns(actor, wish, stored.id, stored, runnable, db))
      : await runRequest(actor, wish, stored, runnable, now);
  announce(actor.workspaceId, "runs");
  announce(actor.workspaceId, `endpoint:${stored.endpointId}`);
  return started;
}

async function runRequest(
  actor: Actor,
  wish: ByHand,
  request: StoredRequest,
  runnable: RunnableFlow,
  now: Date,
): Promise<RunByHand> {
  const endpoint = await getLiveEndpoint(actor, request.endpointId);
  const { event, split } = await eventOfRequest(actor.workspaceId, endpoint, request, newId(now));
  if (split.kind === "items")
    throw new ConflictError(
      "splits-requests",
      "Its endpoint splits requests into items. Accept it first; then its event, or one of its items, can run.",
    );
  return inTransaction(async (db) => {
    const eventId = await insertByHandEventOnce(request.id, event, db);
    return startRuns(actor, wish, eventId, { ...event, itemCount: null }, runnable, db);
  });
}

async function startRuns(
  actor: Actor,
  wish: ByHand,
  eventId: string,
  about: Pick<NewEvent, "endpointId" | "eventType"> & { itemCount: number | null },
  { flow, version }: RunnableFlow,
  db: Db,
): Promise<RunByHand> {
  if (!(await isEventPayloadKept(actor.workspaceId, eventId, db))) throw eventGone();
  const pieces = await choosePieces(actor, eventId, about, wish.itemIndex);
  const runIds: string[] = [];
  for (const { itemIndex, eventType } of pieces) {
    const runId = newId();
    const origin = { kind: "replay", replayOf: null, originRunId: runId, triggerDataId: null } as const;
    const at = { flowId: flow.id, versionId: version.id, eventId, endpointId: about.endpointId };
    await insertRun(actor.workspaceId, { id: runId, ...at, ...origin, eventType, itemIndex }, db);
    runIds.push(runId);
  }
  const detail = { flow: flow.id, version: version.number, eventId, runs: runIds.length, run: runIds[0] ?? "" };
  await insertAuditEntry(actor, "run.byHand", { kind: wish.source.kind, id: wish.source.id }, detail, db);
  return { eventId, runIds };
}

async function choosePieces(
  actor: Actor,
  eventId: string,
  { eventType, itemCount }: { eventType: string | null; itemCount: number | null },
  itemIndex: number | null,
): Promise<NewPiece[]> {
  if (itemCount === null) {
    if (itemIndex !== null) throw new NotFoundError("item");
    return [{ itemIndex: null, eventType }];
  }
  const pieces = await listNewPieces(actor.workspaceId, eventId, itemIndex, ITEMS_BY_HAND_MAX + 1);
  if (pieces.length === 0)
    throw itemIndex === null || itemIndex < itemCount
      ? new ConflictError("item-repeated", "What is to run came before: run the item of the event it first came in.")
      : new NotFoundError("item");
  if (pieces.length > ITEMS_BY_HAND_MAX)
    throw new ConflictError("too-many-items", `At most ${ITEMS_BY_HAND_MAX} items run at once by hand: choose one.`);
  return pieces;
}
