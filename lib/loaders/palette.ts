import type { Actor } from "#lib/core/actor.ts";
import { FLOW_STATES } from "#lib/core/states.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";
import { listFlows } from "#lib/db/flows.ts";
import { publicUrl } from "#lib/platform/public-url.ts";

/** What the command palette can reach besides pages. */
export async function loadPalette(actor: Actor): Promise<{
  flows: { id: string; name: string; state: string }[];
  endpoints: { id: string; name: string; url: string }[];
}> {
  const [flows, endpoints] = await Promise.all([
    listFlows(actor.workspaceId, { limit: 200 }),
    listEndpoints(actor.workspaceId),
  ]);
  return {
    flows: flows.map(({ id, name, state }) => ({ id, name, state: FLOW_STATES[state].label })),
    endpoints: endpoints.map(({ id, name, token }) => ({ id, name, url: `${publicUrl()}/in/${token}` })),
  };
}
