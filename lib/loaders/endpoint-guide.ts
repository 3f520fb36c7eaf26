import type { Actor } from "#lib/core/actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import { countEventTypes, type SeenType } from "#lib/db/arrivals.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import type { EndpointGuide, SeenEventType, SenderHelp } from "#lib/views/guide-views.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider, getProvider } from "#lib/webhooks/providers/registry.generated.ts";

/** Newest events whose types are counted. */
const COUNTED_MAX = 10_000;
const OTHER_TYPES_MAX = 20;

/** What helps to set the endpoint up at its sender; null when the workspace has no such endpoint. */
export async function loadEndpointGuide(actor: Actor, endpointId: string): Promise<EndpointGuide | null> {
  const provider = await findSender(actor, endpointId);
  if (provider === null) return null;
  const seen = await countEventTypes(actor.workspaceId, endpointId, COUNTED_MAX);
  return {
    sender: senderHelp(provider),
    ...sortSeen(provider.help.eventsWorthTicking, seen),
    counted: seen.reduce((sum, { count }) => sum + count, 0),
    countedMax: COUNTED_MAX,
  };
}

async function findSender(actor: Actor, endpointId: string): Promise<Provider | null> {
  const endpoint = isUuid(endpointId) ? await findEndpoint(actor.workspaceId, endpointId) : null;
  if (endpoint === null || endpoint.deletedAt !== null) return null;
  return findProvider(endpoint.provider) ?? getProvider("none");
}

/** Counts under each type worth ticking (GitHub's "pull_request" covers "pull_request.opened"), then the rest. */
export function sortSeen(
  worth: readonly string[],
  seen: readonly SeenType[],
): Pick<EndpointGuide, "worthTicking" | "otherTypes"> {
  const named = seen.flatMap(({ eventType, count, lastAt }) =>
    eventType === null ? [] : [{ eventType, count, lastAt: lastAt.toISOString() }],
  );
  const coverOf = (type: string): string | undefined =>
    worth.find((name) => type === name) ?? worth.find((name) => type.startsWith(`${name}.`));
  const worthTicking = worth.map((eventType): SeenEventType => {
    const rows = named.filter((row) => coverOf(row.eventType) === eventType);
    const newest = rows.map((row) => row.lastAt).sort();
    return { eventType, count: rows.reduce((sum, row) => sum + row.count, 0), lastAt: newest.at(-1) ?? null };
  });
  return {
    worthTicking,
    otherTypes: named.filter((row) => coverOf(row.eventType) === undefined).slice(0, OTHER_TYPES_MAX),
  };
}

function senderHelp({ id, name, help, delivery, addresses, confidence }: Provider): SenderHelp {
  return {
    id,
    name,
    pasteUrl: help.pasteUrl,
    secretWhere: help.secretWhere,
    secretLooksLike: help.secretLooksLike,
    pitfalls: [...help.pitfalls],
    docsUrl: help.docsUrl,
    answer: delivery.answer,
    ackDeadlineSeconds: delivery.ackDeadlineSeconds,
    retries: delivery.retries,
    rotation: delivery.rotation,
    addresses: addresses === null ? null : { ...addresses, ranges: [...addresses.ranges] },
    confidence: confidence.delivery,
  };
}
