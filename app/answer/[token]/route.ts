import { answerThroughLink } from "#lib/commands/runs/answer-through-link.ts";

export const dynamic = "force-dynamic";

/** The address of a link that a step waits at: shown to whoever opens it, answered by whoever posts. */
const handler = async (request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> =>
  answerThroughLink(request, (await params).token);

export { handler as GET, handler as HEAD, handler as OPTIONS, handler as POST };
