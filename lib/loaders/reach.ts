import type { Actor } from "#lib/core/actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import { may } from "#lib/core/roles.ts";
import { listArrivals } from "#lib/db/arrivals.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import { listForwardLines } from "#lib/loaders/forward-lines.ts";
import { findOtherHost, findOutsideArrival } from "#lib/loaders/judge-arrivals.ts";
import { ownUrl } from "#lib/platform/own-address.ts";
import { publicUrl, publicUrlOrigin } from "#lib/platform/public-url.ts";
import type { ReachView } from "#lib/views/reach-views.ts";
import { findProvider, getProvider } from "#lib/webhooks/providers/registry.generated.ts";

/** Who reaches an endpoint and what can be done about it; null when the workspace has no such endpoint. */
export async function loadReach(actor: Actor, endpointId: string): Promise<ReachView | null> {
  const endpoint = isUuid(endpointId) ? await findEndpoint(actor.workspaceId, endpointId) : null;
  if (endpoint === null || endpoint.deletedAt !== null) return null;
  const [arrivals] = await Promise.all([listArrivals(actor.workspaceId, endpointId), followPublicAddress()]);
  const address = publicUrl();
  return {
    address,
    origin: publicUrlOrigin(),
    lines: listForwardLines(
      findProvider(endpoint.provider) ?? getProvider("none"),
      localUrl(),
      `/in/${endpoint.token}`,
    ),
    lastOutside: findOutsideArrival(arrivals),
    otherHost: findOtherHost(arrivals, address),
    mayEdit: may(actor.role, "instance.edit"),
    mayTest: may(actor.role, "sample.edit"),
  };
}

/** Where tools on this machine reach the server; several of them treat the name localhost specially and no number. */
function localUrl(): string {
  return ownUrl().replace("//127.0.0.1:", "//localhost:");
}
