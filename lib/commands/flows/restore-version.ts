import { saveDraft } from "#lib/commands/flows/save-draft.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { findFlowVersion } from "#lib/db/flow-versions.ts";

/** Makes an old version the draft; what is live stays live. Throws like saveDraft. */
export async function restoreVersion(
  actor: Actor,
  flowId: string,
  number: number,
  expectedRevision: number,
  now: Date = databaseNow(),
): Promise<{ revision: number; savedAt: Date }> {
  authorize(actor, "flow.edit");
  const version = await findFlowVersion(actor.workspaceId, flowId, number);
  if (version === null) throw new NotFoundError("version");
  return saveDraft(actor, flowId, { definition: version.definition, expectedRevision }, now);
}
