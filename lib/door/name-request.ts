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
