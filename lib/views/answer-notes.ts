import { isBodyNote } from "#lib/bodies/body-notes.ts";
import { describeNote } from "#lib/bodies/describe-note.ts";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import { quoteKey } from "#lib/core/quote-key.ts";
import type { BodyProblemView } from "#lib/views/body-views.ts";

/**
 * What reading an answer's body brought to light, in sentences. `answer` is what is kept of a try, `stepId` the step
 * whose
 * `exact` has the numbers that lost digits. Kinds of notes that this version does not know are left out.
 */
export function viewAnswerNotes(answer: Json, stepId: string): BodyProblemView[] {
  const notes = isJsonObject(answer) ? answer["notes"] : null;
  if (!Array.isArray(notes)) return [];
  const step = quoteKey(stepId);
  return notes.filter(isBodyNote).map((note) => {
    const described = describeNote(note, `steps.${step ?? ""}.exact`);
    return step === null && described.exact !== null
      ? { ...described, exact: { ...described.exact, expression: null } }
      : described;
  });
}
