import type { Json } from "#lib/core/json.ts";
import type { EffectOutcome, EmailEffect, MailFate } from "#lib/engine/effect.ts";
import type { SmtpRefusal } from "#lib/platform/egress/send-smtp.ts";

const RESPONSE_CHARS_MAX = 200;

/** What the server said to each recipient of a try. */
export function fatesOf(accepted: readonly string[], refused: readonly SmtpRefusal[], response: string): MailFate[] {
  return [
    ...accepted.map((address): MailFate => ({ address, fate: "accepted", response: cut(response) })),
    ...refused.map(({ address, responseCode, response: said }): MailFate => {
      // A server that hangs up instead of answering has not refused anybody for good.
      const fate = responseCode >= 500 ? "refused" : "put off";
      return { address, fate, response: cut(said === "" ? String(responseCode) : said) };
    }),
  ];
}

/**
 * What a mail came to once each of its recipients has a fate. While some are put off it failed, and only they are left
 * to do. Else it is done where anybody has it, and those refused for good are named; refused by all it failed for good.
 */
export function settleMail(effect: EmailEffect, now: readonly MailFate[], answer: Record<string, Json>): EffectOutcome {
  const fates = [...(effect.settled ?? []), ...now];
  const of = (fate: MailFate["fate"]) => fates.filter((one) => one.fate === fate);
  const [accepted, putOff, refused] = [of("accepted"), of("put off"), of("refused")];
  const recipients: Json = fates.map((one) => ({ ...one }));
  const message = describeFates(fates);
  const whole: Json = { ...answer, recipients, message };
  if (putOff.length > 0) {
    const rest: EmailEffect = {
      ...effect,
      envelope: { ...effect.envelope, to: putOff.map(({ address }) => address) },
      settled: [...accepted, ...refused],
    };
    const code = accepted.length > 0 ? "smtp-partly-put-off" : "smtp-put-off";
    return { kind: "failed", code, message, retryable: true, retryAfterMs: null, answer: whole, rest };
  }
  if (accepted.length === 0)
    return {
      kind: "failed",
      code: "smtp-all-refused",
      message: `The server refused every recipient. ${message}`,
      retryable: false,
      retryAfterMs: null,
      answer: whole,
    };
  const output: Json = {
    messageId: effect.messageId,
    accepted: accepted.map(({ address }) => address),
    rejected: refused.map(({ address }) => address),
    recipients,
    keptInOutbox: false,
  };
  return { kind: "done", output, answer: whole };
}

/** An outcome whose words also tell what earlier tries have settled. */
export function withSettled(outcome: EffectOutcome, { settled = [] }: EmailEffect): EffectOutcome {
  if (outcome.kind === "done" || settled.length === 0) return outcome;
  return { ...outcome, message: `${outcome.message} Before that: ${describeFates(settled)}` };
}

const WORDS: Readonly<Record<MailFate["fate"], string>> = {
  accepted: "Accepted for",
  "put off": "Put off for",
  refused: "Refused for good for",
};

/** Who has the mail and who has not, in one or a few sentences. */
function describeFates(fates: readonly MailFate[]): string {
  return (Object.keys(WORDS) as MailFate["fate"][])
    .flatMap((fate) => {
      const list = fates.filter((one) => one.fate === fate);
      if (list.length === 0) return [];
      const names = list.map(({ address, response }) =>
        fate === "accepted" || response === "" ? address : `${address} (${response})`,
      );
      return [`${WORDS[fate]} ${names.join(", ")}.`];
    })
    .join(" ");
}

function cut(text: string): string {
  return text.length > RESPONSE_CHARS_MAX ? `${text.slice(0, RESPONSE_CHARS_MAX - 1)}…` : text;
}
