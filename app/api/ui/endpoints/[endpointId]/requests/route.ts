import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import { REQUEST_VERDICTS, type RequestVerdict } from "#lib/core/states.ts";
import { loadRecognition, loadRequests } from "#lib/loaders/inspector.ts";

export const dynamic = "force-dynamic";

/**
 * The inspector's rows: `?before=<id>` or `?after=<id>`, `&verdicts=refused,duplicate`, `&tests=only` or `without`;
 * with the sender they look like.
 */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ endpointId: string }> },
): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return new Response(null, { status: 401 });
  const { endpointId } = await params;
  const query = new URL(request.url).searchParams;
  const verdicts = (query.get("verdicts") ?? "")
    .split(",")
    .filter((text): text is RequestVerdict => Object.hasOwn(REQUEST_VERDICTS, text));
  const tests = query.get("tests");
  const rows = await loadRequests(actor, endpointId, {
    ...uuidParam("beforeId", query.get("before")),
    ...uuidParam("afterId", query.get("after")),
    ...(verdicts.length > 0 ? { verdicts } : {}),
    ...(tests === "only" || tests === "without" ? { tests } : {}),
  });
  if (rows === null) return new Response(null, { status: 404 });
  return Response.json(
    { rows, recognition: await loadRecognition(actor, endpointId) },
    { headers: { "cache-control": "no-store" } },
  );
}

function uuidParam<Name extends string>(name: Name, value: string | null): { [key in Name]?: string } {
  return value !== null && isUuid(value) ? ({ [name]: value } as { [key in Name]?: string }) : {};
}
