import { readBodyDeviations } from "#lib/commands/requests/read-request-body.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import type { Run } from "#lib/db/runs.ts";
import type { BodyDeviationView } from "#lib/views/body-views.ts";
import { seesPayloads } from "#lib/views/payload-mask.ts";

/**
 * In what the body of the event that a run is about is not what its headers say. Null where that says nothing about the
 * run (it has an edited body, or is about one item) or is not for this role. The body is read for it: one run at a
 * time.
 */
export async function readRunDeviations(
  actor: Actor,
  { endpointId, eventId, hasOwnBody, item }: Pick<Run, "endpointId" | "eventId" | "hasOwnBody" | "item">,
): Promise<BodyDeviationView[] | null> {
  authorize(actor, "workspace.read");
  if (!seesPayloads(actor.role) || hasOwnBody || item !== null || endpointId === null) return null;
  return readBodyDeviations(actor, endpointId, eventId);
}
