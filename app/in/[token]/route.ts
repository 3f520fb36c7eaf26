import { receiveThroughRoute } from "#lib/commands/requests/receive-through-route.ts";

export const dynamic = "force-dynamic";

/**
 * The second door to an endpoint, for hosts that run Next without Hookline's own server: slower, otherwise the same.
 * Every method comes here, because what an endpoint takes is its owner's choice.
 */
const handler = async (request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> =>
  receiveThroughRoute(request, (await params).token);

export {
  handler as DELETE,
  handler as GET,
  handler as HEAD,
  handler as OPTIONS,
  handler as PATCH,
  handler as POST,
  handler as PUT,
};
