import { z } from "zod";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { missedWindow } from "#lib/core/missed-window.ts";
import type { NewCatchUp } from "#lib/db/catch-ups.ts";
import type { Flow } from "#lib/db/flows.ts";
import {
  countMissedEvents,
  countPieces,
  type EventPiece,
  idsBetween,
  listMissedEvents,
  MISSED_MAX,
  type MissedQuery,
} from "#lib/db/missed-events.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

const id = z.uuid("This is not an id.").transform((text) => text.toLowerCase());

/**
 * Which of the events a flow missed are to run: `upTo` is the last one that was counted when the person chose, so that
 * none runs that they were not told of. Items of split events are chosen by their place, from 0.
 */
export const missedChoiceSchema = z.discriminatedUnion("run", [
  z.strictObject({ run: z.literal("none") }),
  z.strictObject({ run: z.literal("last"), upTo: id.optional() }),
  z.strictObject({ run: z.literal("all"), upTo: id.optional() }),
  z.strictObject({
    run: z.literal("chosen"),
    events: z
      .array(z.strictObject({ eventId: id, itemIndex: z.int().min(0).max(1_000_000).nullable().default(null) }))
      .min(1)
      .max(MISSED_MAX),
  }),
]);

/** Which of the events a flow missed are to run. */
export type MissedChoice = z.output<typeof missedChoiceSchema>;

/** What a flow missed by this trigger, as a query; null where it listens to nothing or nobody noted when it was off. */
export function missedQuery(
  flow: Flow,
  { endpointId, eventTypes }: FlowDefinition["trigger"],
  now: Date,
): MissedQuery | null {
  const window = missedWindow(flow, now);
  if (window === null || endpointId === null) return null;
  return { flowId: flow.id, endpointId, eventTypes, ...idsBetween(window), chosen: null };
}

/**
 * What is to be started by a choice, counted now; null when that is nothing. Throws NotFoundError when a chosen event
 * is not one of the endpoint, InvalidInputError when events are chosen twice.
 */
export async function planCatchUp(
  workspaceId: WorkspaceId,
  query: MissedQuery | null,
  versionId: string,
  choice: MissedChoice,
): Promise<NewCatchUp | null> {
  if (choice.run === "none" || query === null) return null;
  if (choice.run === "chosen") {
    await refuseForeign(workspaceId, query.endpointId, choice.events);
    return freeze(workspaceId, { ...query, chosen: choice.events }, versionId, "chosen");
  }
  const counted = choice.upTo === undefined || choice.upTo > query.untilId ? query.untilId : choice.upTo;
  const upTo = { ...query, untilId: counted };
  if (choice.run === "all") return freeze(workspaceId, upTo, versionId, "all");
  const [last] = await listMissedEvents(workspaceId, upTo, { limit: 1 });
  return last === undefined ? null : freeze(workspaceId, { ...upTo, chosen: [last] }, versionId, "last");
}

async function freeze(
  workspaceId: WorkspaceId,
  query: MissedQuery,
  versionId: string,
  choice: NewCatchUp["choice"],
): Promise<NewCatchUp | null> {
  const { count, lastId } = await countMissedEvents(workspaceId, query);
  return lastId === null ? null : { ...query, untilId: lastId, versionId, choice, total: count };
}

async function refuseForeign(workspaceId: WorkspaceId, endpointId: string, events: readonly EventPiece[]) {
  const different = new Set(events.map(({ eventId, itemIndex }) => `${eventId}/${itemIndex}`));
  if (different.size < events.length)
    throw new InvalidInputError([{ field: "missed.events", message: "An event is chosen twice." }]);
  if ((await countPieces(workspaceId, endpointId, events)) < events.length) throw new NotFoundError("event");
}

/** Thrown where runs are to be started for a flow that nothing else starts. */
export function flowIsOff(): ConflictError {
  return new ConflictError("flow-off", "The flow is off. Turn it on first, or together with this.");
}
