import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { loadPalette } from "#lib/loaders/palette.ts";

/** GET: the flows and endpoints the command palette can reach. */
export async function GET(request: Request): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return Response.json({ message: "You are signed out." }, { status: 401 });
  return Response.json(await loadPalette(actor), { headers: { "cache-control": "private, max-age=5" } });
}
