import { z } from "zod";
import { readDraft } from "#lib/commands/flows/read-flow-input.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { type Flow, findFlow, replaceDraft } from "#lib/db/flows.ts";
import { announce } from "#lib/db/live.ts";
import { findUser } from "#lib/db/users.ts";
import { canonicalJson } from "#lib/engine/canonical-json.ts";

/** A draft and the revision it was made from. */
export const saveDraftSchema = z.strictObject({ definition: z.unknown(), expectedRevision: z.int().min(1) });

/** Somebody else saved the draft in between: who (null: an API key), when, and the revision that is there now. */
export class DraftChangedError extends ConflictError {
  readonly by: string | null;
  readonly at: Date;
  readonly revision: number;
  constructor(by: string | null, at: Date, revision: number) {
    super(
      "draft-changed",
      `${by ?? "An API key"} changed this draft at ${at.toISOString()}. Your change was not saved.`,
    );
    this.by = by;
    this.at = at;
    this.revision = revision;
  }
}

/**
 * Saves a flow's draft if nobody else did since `expectedRevision`; returns the new revision. A draft equal to the
 * saved one changes nothing. Throws InvalidInputError, NotFoundError, DraftChangedError.
 */
export async function saveDraft(
  actor: Actor,
  flowId: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<{ revision: number; savedAt: Date }> {
  authorize(actor, "flow.edit");
  const { definition, expectedRevision } = parseInput(saveDraftSchema, input);
  const flow = await getFlow(actor, flowId);
  if (flow.draftRevision !== expectedRevision) throw await changedError(flow);
  const draft = await readDraft(actor.workspaceId, definition, flow.draft);
  if (canonicalJson(draft) === canonicalJson(flow.draft))
    return { revision: flow.draftRevision, savedAt: flow.draftAt };
  const change = { draft, draftBy: actor.kind === "user" ? actor.id : null, expectedRevision, now };
  if (!(await replaceDraft(actor.workspaceId, flowId, change))) throw await changedError(await getFlow(actor, flowId));
  announce(actor.workspaceId, `flow:${flowId}`);
  return { revision: expectedRevision + 1, savedAt: now };
}

async function getFlow(actor: Actor, flowId: string): Promise<Flow> {
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  return flow;
}

async function changedError(flow: Flow): Promise<DraftChangedError> {
  const user = flow.draftBy === null ? null : await findUser(flow.draftBy);
  return new DraftChangedError(user === null ? null : user.name || user.email, flow.draftAt, flow.draftRevision);
}
