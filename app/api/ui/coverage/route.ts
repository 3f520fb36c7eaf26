import { answerQuestion } from "#app/api/ui/ask.ts";
import { coverFields } from "#lib/commands/endpoints/cover-fields.ts";

/** POST { flowId, question }: what each field of a step comes to on several events. */
export async function POST(request: Request): Promise<Response> {
  return answerQuestion(request, coverFields);
}
