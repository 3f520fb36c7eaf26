import type { Provider, ValueSource } from "#lib/webhooks/provider-types.ts";
import { NAME_CHARACTERS_MAX, readFirstValue } from "#lib/webhooks/read-value.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * The event type of a request by the provider's preset, or by the owner's own source; null when it has none. Control
 * characters become spaces.
 */
export function nameEvent(
  provider: Pick<Provider, "eventType">,
  request: WebhookRequest,
  own: ValueSource | null = null,
): string | null {
  const name = readFirstValue(own === null ? provider.eventType : [own], request);
  return name === null ? null : cleanName(name);
}

/** A name as it is stored: bounded, control characters as spaces; null when nothing is left. */
export function cleanName(name: string): string | null {
  const clean = name
    .slice(0, NAME_CHARACTERS_MAX)
    .replace(/[\p{Cc}\p{Cs}]/gu, " ")
    .trim();
  return clean === "" ? null : clean;
}
