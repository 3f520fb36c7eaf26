import { chooseVersion, type VersionChoice } from "#lib/commands/runs/choose-version.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { MIB } from "#lib/core/units.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { type Also, inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import type { Db } from "#lib/db/prisma.ts";
import { findOwnBody, isEventPayloadKept } from "#lib/db/replay-sources.ts";
import { findRun, insertRun, type Run } from "#lib/db/runs.ts";
import { insertStepData } from "#lib/db/step-data.ts";

/** How a run is to be repeated. */
export type Replay = {
  runId: string;
  version: VersionChoice;
  /** Another body, as text; left out = the body the first run had. */
  body?: string;
  /** Sends the first run's idempotency keys, so that targets that keep them do nothing twice. Default: new keys. */
  sameKeys?: boolean;
  also?: Also;
};

const BODY_CHARS_MAX = 1 * MIB;

/**
 * Starts a new run for the same event, linked to the old one, which stays as it is; returns its id. Throws
 * NotFoundError, InvalidInputError, ConflictError "never-published" and ConflictError "event-gone".
 */
export async function replayRun(actor: Actor, replay: Replay): Promise<{ runId: string }> {
  authorize(actor, "run.replay");
  if (replay.body !== undefined && replay.body.length > BODY_CHARS_MAX)
    throw new InvalidInputError([{ field: "body", message: "A body has at most 1 MB." }]);
  const runId = newId();
  await inTransaction(async (db) => {
    await replay.also?.(db);
    const first = await findRun(actor.workspaceId, replay.runId, db);
    if (first === null) throw new NotFoundError("run");
    const versionId = await chooseVersion(actor, first, replay.version, db);
    if (!(await isEventPayloadKept(actor.workspaceId, first.eventId, db)))
      throw new ConflictError("event-gone", "The event's payload is past retention: it cannot run again.");
    await insertRun(
      actor.workspaceId,
      {
        id: runId,
        flowId: first.flowId,
        versionId,
        eventId: first.eventId,
        eventType: first.eventType,
        endpointId: first.endpointId,
        kind: "replay",
        replayOf: first.id,
        originRunId: replay.sameKeys === true ? first.originRunId : runId,
        triggerDataId: await keepBody(actor, runId, first, replay.body, db),
        itemIndex: first.item?.index ?? null,
      },
      db,
    );
    const detail = {
      run: runId,
      version: versionId,
      sameKeys: replay.sameKeys === true,
      ownBody: replay.body !== undefined,
    };
    await insertAuditEntry(actor, "run.replay", { kind: "run", id: first.id }, detail, db);
  });
  announce(actor.workspaceId, "runs");
  return { runId };
}

/** The new body, or the edited one the first run already had. */
async function keepBody(
  actor: Actor,
  runId: string,
  first: Run,
  body: string | undefined,
  db: Db,
): Promise<string | null> {
  if (body !== undefined) return insertStepData(actor.workspaceId, runId, "trigger", body, db);
  if (!first.hasOwnBody) return null;
  const kept = await findOwnBody(actor.workspaceId, first.id, db);
  if (kept === null)
    throw new ConflictError("event-gone", "The edited body of that run is past retention: give one again.");
  return insertStepData(actor.workspaceId, runId, "trigger", JSON.parse(kept) as string, db);
}
