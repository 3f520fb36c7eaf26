import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";

/** An unsigned event of an endpoint, about to be stored and like no other, but for what `change` says. */
export function newEvent(actor: Actor, endpointId: string, change: Partial<NewEvent> = {}): NewEvent {
  const id = newId();
  return {
    id,
    workspaceId: actor.workspaceId,
    endpointId,
    dedupeKey: `event:${id}`,
    earlierKey: null,
    windowStart: null,
    deliveryId: null,
    eventType: null,
    verification: "not configured",
    method: "POST",
    contentType: null,
    body: Buffer.from("x"),
    bodySha256: Buffer.alloc(32),
    clientIp: null,
    receivedAt: new Date(),
    path: "/in/x",
    query: "",
    headers: "[]",
    checks: "[]",
    ...change,
  };
}
