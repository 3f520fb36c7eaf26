import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { loadEndpointPulse } from "#lib/loaders/endpoint-pulse.ts";

export const dynamic = "force-dynamic";

/**
 * What of an endpoint's page changes with every request: how much verified and was refused, answer times, what is
 * parked.
 */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ endpointId: string }> },
): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return new Response(null, { status: 401 });
  const pulse = await loadEndpointPulse(actor, (await params).endpointId);
  if (pulse === null) return new Response(null, { status: 404 });
  return Response.json(pulse, { headers: { "cache-control": "no-store" } });
}
