import { missedQuery } from "#lib/commands/flows/missed-choice.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { missedWindow } from "#lib/core/missed-window.ts";
import { may } from "#lib/core/roles.ts";
import { type CatchUp, findLastCatchUp } from "#lib/db/catch-ups.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { type Flow, findFlow } from "#lib/db/flows.ts";
import { countMissedEvents, type EventPiece, listMissedEvents, type MissedEvent } from "#lib/db/missed-events.ts";
import { countEffects, type EffectCounts } from "#lib/engine/count-effects.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { nameEvents } from "#lib/preview/name-events.ts";

/** What a flow missed the last time it was off, counted now. */
export type Missed = {
  /** Null where it never ran before: then from the first event kept on. */
  since: Date | null;
  /** When it was turned on; null while it is off. */
  until: Date | null;
  /** At most 10,000; `more` when there are others. */
  count: number;
  more: boolean;
  /** The last event counted: what is chosen goes up to it. Null when there is none. */
  upTo: string | null;
  /** What each run would do at most. */
  effects: EffectCounts;
  /** The flow's newest catch-up. */
  catchUp: CatchUp | null;
};

/**
 * Counts the events a flow missed, and what running them would do: by its live version, or by its draft as publishing
 * it would. Throws NotFoundError.
 */
export async function readMissed(
  actor: Actor,
  flowId: string,
  of: "live" | "draft",
  now: Date = databaseNow(),
): Promise<Missed> {
  authorize(actor, "workspace.read");
  const { flow, definition } = await findDefinition(actor, flowId, of);
  const query = missedQuery(flow, definition.trigger, now);
  const [counted, catchUp] = await Promise.all([
    query === null ? NOTHING : countMissedEvents(actor.workspaceId, query),
    findLastCatchUp(actor.workspaceId, flowId),
  ]);
  const { count, more, lastId: upTo } = counted;
  const window = missedWindow(flow, now);
  const times = {
    since: window === null ? null : (flow.offSince ?? flow.missedFrom),
    until: flow.on ? flow.missedTo : null,
  };
  return { ...times, count, more, upTo, effects: countEffects(definition), catchUp };
}

/** A missed event with what its run would be called; null where nobody knows, or not for this role. */
export type NamedMissedEvent = MissedEvent & { name: string | null };

/** The events a flow missed, newest first, at most `limit` of them, before one when given. Throws NotFoundError. */
export async function listMissed(
  actor: Actor,
  flowId: string,
  of: "live" | "draft",
  page: { limit: number; before?: EventPiece },
  now: Date = databaseNow(),
): Promise<NamedMissedEvent[]> {
  authorize(actor, "workspace.read");
  const { flow, definition } = await findDefinition(actor, flowId, of);
  const query = missedQuery(flow, definition.trigger, now);
  if (query === null) return [];
  const events = await listMissedEvents(actor.workspaceId, query, page);
  const names = may(actor.role, "payload.read")
    ? await nameEvents(actor.workspaceId, flow.name, definition, events, now)
    : [];
  return events.map((event, at) => ({ ...event, name: names[at] ?? null }));
}

const NOTHING = { count: 0, more: false, lastId: null };

async function findDefinition(
  actor: Actor,
  flowId: string,
  of: "live" | "draft",
): Promise<{ flow: Flow; definition: FlowDefinition }> {
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  const live =
    of === "draft" || flow.liveVersion === null
      ? null
      : await findFlowVersionById(actor.workspaceId, flow.liveVersion.id);
  return { flow, definition: live?.definition ?? flow.draft };
}
