import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { loadRequestBody } from "#lib/loaders/inspector.ts";
import { DATA_CONTENT_POLICY } from "#lib/platform/security-headers.ts";

export const dynamic = "force-dynamic";

/** The stored bytes of a request as a download that no browser runs or guesses about. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ endpointId: string; requestId: string }> },
): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return new Response(null, { status: 401 });
  const { endpointId, requestId } = await params;
  const body = await loadRequestBody(actor, endpointId, requestId);
  if (body === null) return new Response(null, { status: 404 });
  return new Response(new Uint8Array(body), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="request-${requestId}.bin"`,
      "x-content-type-options": "nosniff",
      "content-security-policy": DATA_CONTENT_POLICY,
      "cache-control": "no-store",
    },
  });
}
