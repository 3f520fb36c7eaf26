import type { JsonObject } from "#lib/core/json.ts";
import { kind as smtp } from "#lib/engine/connections/kinds/smtp.ts";
import { type EffectOutcome, type EmailEffect, MAIL_TIMEOUT_MS } from "#lib/engine/effect.ts";
import { type ResolveHost, resolveHost } from "#lib/platform/egress/resolve-host.ts";
import { type SmtpSent, type SmtpServer, sendSmtp } from "#lib/platform/egress/send-smtp.ts";
import type { EffectContext } from "./effect-context.ts";
import { egressOutcome } from "./egress-outcome.ts";
import { explainSmtp, type SmtpFailure } from "./explain-smtp.ts";
import { fatesOf, settleMail, withSettled } from "./mail-fates.ts";

/** Sends a frozen mail through its SMTP connection, or keeps it in the Outbox when the step names none. */
export async function performEmail(
  effect: EmailEffect,
  context: EffectContext,
  resolve: ResolveHost = resolveHost,
): Promise<EffectOutcome> {
  if (effect.connectionId === null) return keep(effect, context);
  const connection = await context.ports.findConnection(effect.connectionId);
  if (connection === null)
    return failed(
      "connection-gone",
      "The mail connection this step uses was deleted. Bring it back or choose another. Nothing was sent.",
      false,
      {},
    );
  if (connection.kind === "outbox") return keep(effect, context);
  const config = smtp.config.safeParse(connection.config);
  if (connection.kind !== "smtp" || !config.success)
    return failed(
      "connection-unfit",
      `The connection "${connection.name}" is not a mail server. Nothing was sent.`,
      false,
      {},
    );

  const server: SmtpServer = { ...config.data, password: connection.secrets.password ?? "" };
  const startedAt = context.now();
  const sent = await sendSmtp(server, effect, {
    rules: await context.ports.findEgressRules(),
    resolve,
    publicHost: context.publicHost,
    timeoutMs: effect.timeoutMs ?? MAIL_TIMEOUT_MS,
    signal: context.signal,
  });
  const answer: JsonObject = {
    server: `${server.host}:${server.port}`,
    messageId: effect.messageId,
    ms: context.now().getTime() - startedAt.getTime(),
    transcript: sent.transcript,
  };
  return toOutcome(sent, server, effect, answer);
}

async function keep(effect: EmailEffect, context: EffectContext): Promise<EffectOutcome> {
  const { mailId } = await context.ports.keepMail(effect, context.place ?? null);
  return {
    kind: "done",
    output: { messageId: effect.messageId, accepted: [...effect.envelope.to], rejected: [], keptInOutbox: true },
    answer: { outbox: mailId, messageId: effect.messageId, note: "Kept in the Outbox, not sent." },
  };
}

function toOutcome(sent: SmtpSent, server: SmtpServer, effect: EmailEffect, answer: JsonObject): EffectOutcome {
  switch (sent.kind) {
    case "sent":
      return settleMail(effect, fatesOf(sent.accepted, sent.rejected, sent.response), {
        ...answer,
        response: sent.response,
      });
    case "refused":
      return withSettled(egressOutcome(sent.refusal, answer), effect);
    case "rejected":
      if (sent.recipients.length === effect.envelope.to.length)
        return settleMail(effect, fatesOf([], sent.recipients, ""), answer);
      return withSettled(explained(sent, server, answer), effect);
    case "not-connected":
    case "not-offered":
    case "broken":
      return withSettled(explained(sent, server, answer), effect);
  }
}

function explained(failure: SmtpFailure, server: SmtpServer, answer: JsonObject): EffectOutcome {
  const words = explainSmtp(failure, server);
  const whole = { ...answer, detail: words.detail };
  if (words.kind === "unknown") return { kind: "unknown", code: words.code, message: words.message, answer: whole };
  return failed(words.code, words.message, words.retryable, whole);
}

function failed(code: string, message: string, retryable: boolean, answer: JsonObject): EffectOutcome {
  return { kind: "failed", code, message, retryable, retryAfterMs: null, answer };
}
