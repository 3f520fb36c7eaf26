import { KIB } from "#lib/core/units.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** The event type of a request by the owner's own source, else by the provider's preset; null when it has none. */
export function nameRequest(
  { provider, settings }: Pick<Receiver, "provider" | "settings">,
  request: WebhookRequest,
): string | null {
  return nameEvent(provider, request, settings.eventType === null ? [] : [settings.eventType]);
}

/** What of a body nobody vouches for is read for its name: anybody can send one. */
const UNPROVEN_BYTES_MAX = 64 * KIB;
const UNREAD = new Uint8Array(0);

/** The event type of a request that is not believed; the body of a large one is not looked at for it. */
export function nameUnproven(
  receiver: Pick<Receiver, "provider" | "settings">,
  request: WebhookRequest,
): string | null {
  const large = request.body.byteLength > UNPROVEN_BYTES_MAX;
  return nameRequest(receiver, large ? { ...request, body: UNREAD } : request);
}
