import type { Provider } from "#lib/webhooks/provider-types.ts";

type Optional = "optionFields" | "handshakes" | "reply" | "batch" | "addresses";

/**
 * Completes a provider with the values most senders share: no extra fields, no handshake, no fixed reply, one event per
 * request.
 */
export function defineProvider(provider: Omit<Provider, Optional> & Partial<Pick<Provider, Optional>>): Provider {
  return { optionFields: [], handshakes: [], reply: null, batch: null, addresses: null, ...provider };
}
