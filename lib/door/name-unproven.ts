import { KIB } from "#lib/core/units.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** What of a body nobody vouches for is read for its name: anybody can send one. */
const UNPROVEN_BYTES_MAX = 64 * KIB;
const UNREAD = new Uint8Array(0);

/** The event type of a request that is not believed; the body of a large one is not looked at for it. */
export function nameUnproven({ provider, settings }: Receiver, request: WebhookRequest): string | null {
  const large = request.body.byteLength > UNPROVEN_BYTES_MAX;
  return nameEvent(provider, large ? { ...request, body: UNREAD } : request, settings.eventType);
}
