import { may, type Role } from "#lib/core/roles.ts";
import type { CheckView } from "#lib/views/endpoint-views.ts";

/** What stands where words may quote a payload. */
export const HIDDEN_WORDS = "Hidden: your role may not read payloads.";

const HIDDEN = "hidden";

/** Says whether a role is shown payloads; what follows hides them from the others, in pages and in the API alike. */
export function seesPayloads(role: Role): boolean {
  return may(role, "payload.read");
}

/** A value out of a payload, or null for roles that may not read it. */
export function maskValue<Value>(role: Role, value: Value): Value | null {
  return seesPayloads(role) ? value : null;
}

/** Words that may quote a payload, such as an error's: their place says that they are hidden; null stays null. */
export function maskWords<Text extends string | null>(role: Role, text: Text): Text | string {
  return text === null || seesPayloads(role) ? text : HIDDEN_WORDS;
}

/** A run without its name, which is made of the event, and without its error's words. Its error's code stays. */
export function maskRun<Run extends { name: string | null; errorMessage: string | null }>(role: Role, run: Run): Run {
  return seesPayloads(role) ? run : { ...run, name: null, errorMessage: maskWords(role, run.errorMessage) };
}

type MaskedTry = { errorMessage: string | null };

/** A step of a run without the words of its error and of its tries' errors. */
export function maskStep<Try extends MaskedTry, Step extends MaskedTry & { attempts: Try[] }>(
  role: Role,
  step: Step,
): Step {
  if (seesPayloads(role)) return step;
  const attempts = step.attempts.map((one) => ({ ...one, errorMessage: maskWords(role, one.errorMessage) }));
  return { ...step, errorMessage: maskWords(role, step.errorMessage), attempts };
}

/** A kept mail without its subject and addresses; how many recipients it has stays. */
export function maskMail<Mail extends { sender: string; recipients: string[]; subject: string }>(
  role: Role,
  mail: Mail,
): Mail {
  if (seesPayloads(role)) return mail;
  return { ...mail, sender: HIDDEN, recipients: mail.recipients.map(() => HIDDEN), subject: HIDDEN_WORDS };
}

/** Checks of a request by what was checked and how it ended, without the words that may quote the request. */
export function maskChecks(role: Role, checks: readonly CheckView[]): CheckView[] {
  return checks.map((check) =>
    seesPayloads(role) ? check : { id: check.id, status: check.status, message: sayId(check.id) },
  );
}

/** Later checks of a request, masked like the first ones. */
export function maskRechecks<Recheck extends { message: string; checks: CheckView[] }>(
  role: Role,
  rechecks: readonly Recheck[],
): Recheck[] {
  if (seesPayloads(role)) return [...rechecks];
  return rechecks.map((one) => ({ ...one, message: HIDDEN_WORDS, checks: maskChecks(role, one.checks) }));
}

/** Why a request ended as it did: the words where payloads are shown, else the reason's name alone. */
export function maskReason(role: Role, request: { message: string; reason: string | null }): string {
  if (seesPayloads(role)) return request.message;
  return request.reason === null ? HIDDEN_WORDS : sayId(request.reason);
}

/** "signature-mismatch" → "Signature mismatch." */
function sayId(id: string): string {
  const words = id.replaceAll("-", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
