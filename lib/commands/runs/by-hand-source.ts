import { z } from "zod";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { findEndpointOf } from "#lib/db/events.ts";
import { type FlowVersion, findFlowVersionById } from "#lib/db/flow-versions.ts";
import { type Flow, findFlow } from "#lib/db/flows.ts";
import { findRequest, type StoredRequest } from "#lib/db/requests.ts";

const id = z.uuid("This is not an id.").transform((text) => text.toLowerCase());

/**
 * What is to run by hand: a stored event or request, and through which flow. `itemIndex` is one item of a split event,
 * from 0; without it each of its new items has a run.
 */
export const byHandSchema = z.strictObject({
  flowId: id,
  source: z.strictObject({ kind: z.enum(["event", "request"]), id }),
  itemIndex: z.int().min(0).max(1_000_000).nullable().default(null),
});

/** What is to run by hand. */
export type ByHand = z.output<typeof byHandSchema>;

/** A flow with its live version, whether it is on or off. */
export type RunnableFlow = { flow: Flow; version: FlowVersion };

/** The live version of a flow of the workspace. Throws NotFoundError, ConflictError "never-published". */
export async function getRunnableFlow(actor: Actor, flowId: string): Promise<RunnableFlow> {
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  const version = flow.liveVersion === null ? null : await findFlowVersionById(actor.workspaceId, flow.liveVersion.id);
  if (version === null) throw new ConflictError("never-published", "This flow has no published version to run.");
  return { flow, version };
}

/**
 * The stored event or request that is to run; of a repeat the event it repeats. Who takes what the door did not must be
 * allowed to accept requests. Throws NotFoundError, ForbiddenError, ConflictError "event-gone".
 */
export async function getByHandSource(actor: Actor, { kind, id: sourceId }: ByHand["source"]): Promise<StoredRequest> {
  const { workspaceId } = actor;
  const endpointId = await findEndpointOf(workspaceId, kind, sourceId);
  if (endpointId === null) throw new NotFoundError(kind);
  const found = await findRequest(workspaceId, endpointId, sourceId);
  if (found === null) throw eventGone();
  if (found.kind === "event") return found;
  if (found.verdict !== "duplicate") {
    authorize(actor, "request.accept");
    return found;
  }
  const first = found.eventId === null ? null : await findRequest(workspaceId, endpointId, found.eventId);
  if (first === null) throw eventGone();
  return first;
}

/** Thrown where nothing is left to run. */
export function eventGone(): ConflictError {
  return new ConflictError("event-gone", "The event's payload is past retention: it cannot run again.");
}
