import type { Actor } from "#lib/core/actor.ts";
import type { EndpointGuide, SeenEventType, SenderHelp } from "#lib/core/guide-views.ts";
import { isUuid } from "#lib/core/ids.ts";
import { may } from "#lib/core/roles.ts";
import { countEventTypes, listArrivals, type SeenType } from "#lib/db/arrivals.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import { listForwardLines } from "#lib/loaders/forward-lines.ts";
import { findOtherHost, findOutsideArrival } from "#lib/loaders/judge-arrivals.ts";
import { ownUrl } from "#lib/platform/own-address.ts";
import { publicUrl, publicUrlOrigin } from "#lib/platform/public-url.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import { findProvider, getProvider } from "#lib/webhooks/providers/registry.generated.ts";

/** Newest events whose types are counted. */
const COUNTED_MAX = 10_000;
const OTHER_TYPES_MAX = 20;

/** What helps to set the endpoint up at its sender; null when the workspace has no such endpoint. */
export async function loadEndpointGuide(actor: Actor, endpointId: string): Promise<EndpointGuide | null> {
  const endpoint = isUuid(endpointId) ? await findEndpoint(actor.workspaceId, endpointId) : null;
  if (endpoint === null || endpoint.deletedAt !== null) return null;
  const provider = findProvider(endpoint.provider) ?? getProvider("none");
  const [seen, arrivals] = await Promise.all([
    countEventTypes(actor.workspaceId, endpointId, COUNTED_MAX),
    listArrivals(actor.workspaceId, endpointId),
    followPublicAddress(),
  ]);
  const address = publicUrl();
  return {
    sender: senderHelp(provider),
    ...sortSeen(provider.help.eventsWorthTicking, seen),
    counted: seen.reduce((sum, { count }) => sum + count, 0),
    countedMax: COUNTED_MAX,
    reach: {
      address,
      origin: publicUrlOrigin(),
      lines: listForwardLines(provider, localUrl(), `/in/${endpoint.token}`),
      lastOutside: findOutsideArrival(arrivals),
      otherHost: findOtherHost(arrivals, address),
      mayEdit: may(actor.role, "instance.edit"),
      mayTest: may(actor.role, "sample.edit"),
    },
  };
}

/** Counts under each type worth ticking (GitHub's "pull_request" covers "pull_request.opened"), then the rest. */
export function sortSeen(worth: readonly string[], seen: readonly SeenType[]): Pick<EndpointGuide, "worthTicking" | "otherTypes"> {
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
  return { worthTicking, otherTypes: named.filter((row) => coverOf(row.eventType) === undefined).slice(0, OTHER_TYPES_MAX) };
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

/** Where tools on this machine reach the server; several of them treat the name localhost specially and no number. */
function localUrl(): string {
  return ownUrl().replace("//127.0.0.1:", "//localhost:");
}
