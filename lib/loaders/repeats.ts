import type { Actor } from "#lib/core/actor.ts";
import { type EndpointSettings, parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { isUuid } from "#lib/core/ids.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import { countRepeatedDeliveries, type RepeatedDeliveries } from "#lib/db/repeated-deliveries.ts";
import type { RepeatsView } from "#lib/views/repeats-view.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider, getProvider } from "#lib/webhooks/providers/registry.generated.ts";

/** One thing sent again and again may be a test or a sign of life; a habit shows in several. */
const SEVERAL = 3;

/** Of a sender all of whose deliveries come again, one that came this often is enough. */
const OFTEN = 4;

/** Whether an endpoint's sender keeps sending what was taken; null when it does not, or there is no such endpoint. */
export async function loadRepeats(actor: Actor, endpointId: string): Promise<RepeatsView | null> {
  const endpoint = isUuid(endpointId) ? await findEndpoint(actor.workspaceId, endpointId) : null;
  if (endpoint === null || endpoint.deletedAt !== null) return null;
  const provider = findProvider(endpoint.provider) ?? getProvider("none");
  return judgeRepeats(
    await countRepeatedDeliveries(actor.workspaceId, endpointId),
    parseStoredSettings(endpoint.settings),
    provider,
  );
}

/**
 * What the counts say of a sender. A tenth of the events is the least that is a habit: single repeats are normal. A
 * sender of few events so far has one where all of them come again.
 */
export function judgeRepeats(
  { events, repeated, most, sameBodies }: RepeatedDeliveries,
  settings: Pick<EndpointSettings, "answer">,
  provider: Pick<Provider, "id" | "delivery" | "reply">,
): RepeatsView | null {
  const told = {
    answer: answerWords(settings, provider),
    wants: provider.id === "none" ? null : provider.delivery.answer,
  };
  const isHabit = (repeated >= SEVERAL && repeated * 10 >= events) || (repeated === events && most >= OFTEN);
  if (isHabit) return { kind: "known", count: repeated, most, ...told };
  if (sameBodies >= SEVERAL && sameBodies * 10 >= events)
    return { kind: "unknown", count: sameBodies, most: null, ...told };
  return null;
}

function answerWords({ answer }: Pick<EndpointSettings, "answer">, { reply }: Pick<Provider, "reply">): string {
  switch (answer.kind) {
    case "default":
      return String(reply?.status ?? 202);
    case "fixed":
      return String(answer.status);
    case "redirect":
      return "303";
    case "flow":
      return "what a flow says";
  }
}
