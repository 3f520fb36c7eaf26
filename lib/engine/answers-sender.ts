/** The action by which a flow answers the sender of its event. */
export const ANSWER_ACTION = "sender.answer";

/** Whether a stored flow definition may answer its sender; a step that is off or never reached counts too. */
export function mayAnswerSender(definitionText: string): boolean {
  return definitionText.includes(`"${ANSWER_ACTION}"`);
}
