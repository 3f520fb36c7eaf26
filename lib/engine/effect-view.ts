import { charsetOf } from "#lib/core/content-type.ts";
import { encodeCharset } from "#lib/core/encode-charset.ts";
import { writeJson } from "#lib/core/json-text.ts";
import type { AnswerEffect, Effect, EmailEffect, HttpEffect } from "#lib/engine/effect.ts";
import { effectAsCurl, shownText } from "#lib/engine/effect-as-curl.ts";
import { sentBytes } from "#lib/engine/http/sent-bytes.ts";

/** A body as it goes out: nothing, text with its size in bytes and the character set they are in, or other bytes. */
export type BodyView =
  | { kind: "none" }
  | { kind: "text"; text: string; charset: string; bytes: number }
  | { kind: "bytes"; bytes: number };

/** An effect as a person may see it, exactly as it goes out: secrets are •••• in it, and variables in `curl`. */
export type EffectView =
  | {
      kind: "http";
      method: string;
      url: string;
      headers: [name: string, value: string][];
      body: BodyView;
      curl: string;
    }
  | {
      kind: "email";
      subject: string;
      /** From, To and Cc as the mail's own headers have them; `recipients` are those on the wire. */
      from: string;
      to: string;
      cc: string;
      recipients: string[];
      messageId: string;
      html: string | null;
      text: string | null;
      source: string;
      through: string;
    }
  | { kind: "answer"; status: number; headers: [name: string, value: string][]; body: BodyView }
  | { kind: "value"; json: string };

/**
 * What has to be looked up for an e-mail: its message taken apart, and the name of its connection, null when unknown.
 */
export type MailFacts = {
  parts: { from: string; to: string; cc: string; text: string | null; html: string | null };
  connectionName: string | null;
};

/** Shows an effect; `mail` is needed for an e-mail only. */
export function viewEffect(effect: Effect, mail: MailFacts | null): EffectView {
  switch (effect.kind) {
    case "http":
      return viewCall(effect);
    case "email":
      return viewMail(effect, mail);
    case "answer":
      return viewAnswer(effect);
    case "value":
      return { kind: "value", json: writeJson(effect.output) };
  }
}

function viewCall(effect: HttpEffect): EffectView {
  return {
    kind: "http",
    method: effect.method,
    url: effect.url,
    headers: effect.headers.map(([name, value]) => [name, shownText(value)]),
    body: viewBody(effect.body),
    curl: effectAsCurl(effect),
  };
}

/** An answer goes out in the character set of its content type, in UTF-8 where that has not every character. */
function viewAnswer({ status, headers, body }: AnswerEffect): EffectView {
  const contentType = headers.find(([name]) => name === "content-type")?.[1];
  const named = contentType === undefined ? null : charsetOf(contentType);
  const charset = named !== null && encodeCharset(body, named) !== null ? named : "utf-8";
  return {
    kind: "answer",
    status,
    headers: headers.map(([name, value]) => [name, value]),
    body: viewBody(body === "" ? null : { text: body, charset }),
  };
}

function viewMail(effect: EmailEffect, mail: MailFacts | null): EffectView {
  return {
    kind: "email",
    subject: effect.subject,
    from: mail?.parts.from ?? effect.envelope.from,
    to: mail?.parts.to ?? "",
    cc: mail?.parts.cc ?? "",
    recipients: [...effect.envelope.to],
    messageId: effect.messageId,
    html: unlessBlank(mail?.parts.html),
    text: unlessBlank(mail?.parts.text),
    source: effect.message,
    through:
      effect.connectionId === null
        ? "the Outbox: kept here, not sent"
        : (mail?.connectionName ?? "a mail server whose connection is no longer there"),
  };
}

function viewBody(body: HttpEffect["body"]): BodyView {
  const bytes = sentBytes(body)?.byteLength;
  if (body === null || bytes === undefined) return { kind: "none" };
  return "text" in body
    ? { kind: "text", text: body.text, charset: body.charset ?? "utf-8", bytes }
    : { kind: "bytes", bytes };
}

function unlessBlank(text: string | null | undefined): string | null {
  return text === null || text === undefined || text.trim() === "" ? null : text;
}
