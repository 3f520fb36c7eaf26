import { answerQuestion } from "#app/api/ui/ask.ts";
import { previewStep } from "#lib/commands/flows/preview-step.ts";

/** POST { flowId, question }: what a step's fields and effect come to with a sample. Nothing is sent. */
export async function POST(request: Request): Promise<Response> {
  return answerQuestion(request, previewStep);
}
