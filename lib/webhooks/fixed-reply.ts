import type { FixedReply, Provider } from "#lib/webhooks/provider-types.ts";
import { hasShape } from "#lib/webhooks/request-shape.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** The answer a provider insists on for this accepted request; null where any 2xx will do. */
export function fixedReply(provider: Pick<Provider, "reply">, request: WebhookRequest): FixedReply | null {
  for (let reply: FixedReply | null = provider.reply; reply !== null; reply = reply.otherwise ?? null) {
    if (reply.when === undefined || hasShape(reply.when, request)) return reply;
  }
  return null;
}
