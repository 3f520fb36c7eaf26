import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { explainRefusal } from "#lib/commands/requests/explain-refusal.ts";
import { readRequestBody } from "#lib/commands/requests/read-request-body.ts";
import { may } from "#lib/core/roles.ts";
import { loadRequest } from "#lib/loaders/inspector.ts";

export const dynamic = "force-dynamic";

/** One request opened, with its body read, and the signature doctor's word where it was refused for its signature. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ endpointId: string; requestId: string }> },
): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return new Response(null, { status: 401 });
  const { endpointId, requestId } = await params;
  const detail = await loadRequest(actor, endpointId, requestId);
  if (detail === null) return new Response(null, { status: 404 });
  const doctor =
    detail.verdict === "refused" && may(actor.role, "request.recheck")
      ? await explainRefusal(actor, endpointId, requestId)
      : null;
  const reading = may(actor.role, "payload.read") ? await readRequestBody(actor, endpointId, requestId) : null;
  return Response.json({ ...detail, doctor, reading }, { headers: { "cache-control": "no-store" } });
}
