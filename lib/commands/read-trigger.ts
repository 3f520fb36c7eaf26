import type { Json, JsonObject } from "#lib/core/json.ts";
import type { ClaimedEvent, OwnBody } from "#lib/db/claims.ts";
import { triggerScope } from "#lib/engine/trigger-scope.ts";
import { parseBodyInPlace } from "#lib/sandbox/parse-body.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";

/** What expressions see as `trigger` for a stored event; large bodies are parsed away from the event loop. */
export async function readTrigger(event: ClaimedEvent, usesRawBody: boolean): Promise<JsonObject> {
  return triggerScope({
    body: await readBody(event.contentType, event.body),
    rawBody: usesRawBody ? new TextDecoder().decode(event.body) : null,
    headers: readHeaders(event.headers),
    query: event.query,
    method: event.method,
    path: event.path,
    eventType: event.eventType,
    deliveryId: event.deliveryId,
    receivedAt: event.receivedAt,
    item: event.item,
  });
}

async function readBody(contentType: string | null, bytes: Uint8Array): Promise<Json> {
  const small = parseBodyInPlace(contentType, bytes);
  if (small !== null) return small.value as Json;
  const outcome = await getSandbox().parseBody(contentType, bytes);
  // A body that cannot be parsed within the limits is still there as text.
  return outcome.kind === "parsed" ? (outcome.body.value as Json) : new TextDecoder().decode(bytes);
}

function readHeaders(text: string): [string, string][] {
  const pairs: unknown = JSON.parse(text);
  if (!Array.isArray(pairs)) return [];
  return pairs.flatMap((pair: unknown) =>
    Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "string"
      ? [[pair[0], pair[1]] satisfies [string, string]]
      : [],
  );
}

/** An event as the run of one of its items or a replay with another body sees it; everything else stays as it was received. */
export function withOwnBody(event: ClaimedEvent, ownBody: OwnBody | null): ClaimedEvent {
  if (ownBody === null) return event;
  // An item is JSON also where its batch came in a form, and so is an edited one.
  const contentType = event.item === null ? event.contentType : "application/json";
  const text: unknown = ownBody.kind === "item" ? ownBody.data : JSON.parse(ownBody.data);
  return typeof text === "string" ? { ...event, contentType, body: new TextEncoder().encode(text) } : event;
}
