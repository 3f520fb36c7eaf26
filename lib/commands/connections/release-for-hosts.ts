import { releaseHeldRuns } from "#lib/commands/runs/release-held-runs.ts";
import type { Actor } from "#lib/core/actor.ts";
import { isJsonObject } from "#lib/core/json.ts";
import { coversHosts } from "#lib/engine/connections/allowed-hosts.ts";

/**
 * Lets runs go on that waited because a connection could not be used with a host that these entries cover; returns how
 * many. The caller has authorized it.
 */
export function releaseForHosts(actor: Actor, connectionId: string, hosts: readonly string[]): Promise<number> {
  return releaseHeldRuns(actor, "connection-other-host", ({ otherHost }) => {
    const other = isJsonObject(otherHost) ? otherHost : {};
    return other.connectionId === connectionId && typeof other.host === "string" && coversHosts(hosts, [other.host]);
  });
}
