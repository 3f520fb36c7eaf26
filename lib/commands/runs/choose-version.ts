import type { Actor } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { findFlow } from "#lib/db/flows.ts";
import type { Db } from "#lib/db/prisma.ts";
import { findFlowIdOfVersion } from "#lib/db/replay-sources.ts";
import type { Run } from "#lib/db/runs.ts";

/** The version that ran then, the one that is live now, or a version of the same flow by its id. */
export type VersionChoice = "original" | "live" | { readonly id: string };

/**
 * The id of the version a run is to run with. Throws ConflictError "never-published" where none is live, and
 * InvalidInputError for one that is not of the run's flow.
 */
export async function chooseVersion(
  actor: Actor,
  run: Pick<Run, "flowId" | "versionId">,
  version: VersionChoice,
  db: Db,
): Promise<string> {
  if (version === "original") return run.versionId;
  if (version === "live") {
    const flow =
      (await findFlow(actor.workspaceId, run.flowId, {}, db)) ??
      (await findFlow(actor.workspaceId, run.flowId, { deleted: true }, db));
    if (flow?.liveVersion == null) throw new ConflictError("never-published", "This flow has no published version.");
    return flow.liveVersion.id;
  }
  if (!isUuid(version.id) || (await findFlowIdOfVersion(actor.workspaceId, version.id, db)) !== run.flowId)
    throw new InvalidInputError([{ field: "version", message: "This flow has no such version." }]);
  return version.id;
}
