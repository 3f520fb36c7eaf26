import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { readRequestFile } from "#lib/commands/requests/read-request-body.ts";
import { may } from "#lib/core/roles.ts";
import { DATA_CONTENT_POLICY } from "#lib/platform/security-headers.ts";

export const dynamic = "force-dynamic";

type Params = { params: Promise<{ endpointId: string; requestId: string; index: string }> };

/** One file of a multipart request as a download that no browser runs or guesses about. */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return new Response(null, { status: 401 });
  if (!may(actor.role, "payload.read")) return new Response(null, { status: 404 });
  const { endpointId, requestId, index } = await params;
  const file = /^\d{1,4}$/.test(index) ? await readRequestFile(actor, endpointId, requestId, Number(index)) : null;
  if (file === null) return new Response(null, { status: 404 });
  const name = encodeURIComponent(safeName(file.filename, index));
  return new Response(new Uint8Array(file.bytes), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="file-${index}.bin"; filename*=UTF-8''${name}`,
      "x-content-type-options": "nosniff",
      "content-security-policy": DATA_CONTENT_POLICY,
      "cache-control": "no-store",
    },
  });
}

/** A sender's file name without folders, control and direction characters, and leading dots. */
function safeName(sent: string, index: string): string {
  const name = sent
    .replace(/^.*[\\/]/s, "")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]/gu, "")
    .replace(/^\.+/, "")
    .trim()
    .slice(0, 100);
  return name.isWellFormed() && name !== "" ? name : `file-${index}.bin`;
}
