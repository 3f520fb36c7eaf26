import type { DiagnoseHints, Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import { headerValue, queryValue, rawQuery } from "#lib/webhooks/headers.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import type { TokenScheme } from "#lib/webhooks/scheme-types.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

/** Guesses about a static credential: white space, prefix, letter case, place. */
export function* tokenTrials(
  scheme: TokenScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
  hints: DiagnoseHints,
): Generator<Trial> {
  const name =
    "header" in scheme.place
      ? (
          (scheme.place.headerOption && settings.options?.[scheme.place.headerOption]) ||
          scheme.place.header
        ).toLowerCase()
      : null;
  const sent =
    name === null
      ? "query" in scheme.place
        ? queryValue(request.url, scheme.place.query)
        : null
      : headerValue(request.headers, name);
  for (const secret of settings.secrets) {
    if (secret === "") continue;
    const clean = secret.trim().replace(/^(["'`])(.*)\1$/s, "$2");
    if (clean !== secret)
      yield {
        mistake: "credential-whitespace",
        message: "The credential matches without the spaces, line breaks or quotation marks around the configured one.",
        advice: "Paste it again without them.",
        settings: { ...settings, secrets: [clean] },
      };
    const value = sent === null ? null : plainCredential(scheme, sent);
    if (value !== null) {
      yield {
        mistake: "credential-whitespace",
        message: "The credential is right, but the sender adds white space or quotation marks.",
        advice: "Enter it again at the sender.",
        matches: () => sameText(value.trim().replace(/^(["'`])(.*)\1$/s, "$2"), clean) && value !== clean,
      };
      yield {
        mistake: "credential-prefix",
        message: "The credential is right, but “Bearer” or “Basic” is in front on one side only.",
        advice: "Enter it with the prefix on both sides or on neither.",
        matches: () => sameText(withoutPrefix(sent ?? ""), withoutPrefix(secret)),
      };
      yield {
        mistake: "credential-case",
        message: "The credential differs only in capital and small letters.",
        advice: "Enter it exactly as the sender has it.",
        matches: () => sameText(value.toLowerCase(), clean.toLowerCase()),
      };
      if (scheme.prefix === "basic") {
        const [user = ""] = value.split(":", 1);
        yield {
          mistake: "other-secret",
          message: "The user name is right, the password is not.",
          advice: "Enter user:password with the password the sender uses.",
          matches: () => value.includes(":") && secret.includes(":") && sameText(user, secret.split(":", 1)[0] ?? ""),
        };
        yield {
          mistake: "credential-prefix",
          message: "The password is right, but the secret here is the password alone: it must be user:password.",
          advice: "Enter user:password.",
          matches: () => !secret.includes(":") && sameText(value.slice(value.indexOf(":") + 1), secret),
        };
      }
    }
    const elsewhere = request.headers.find(
      ([header, text]) => header.toLowerCase() !== name && text.length <= 4_096 && sameText(withoutPrefix(text), clean),
    );
    yield {
      mistake: "credential-place",
      message: `The credential is in the header ${elsewhere?.[0] ?? ""}.`,
      advice: "Choose the scheme that reads this header, or change it at the sender.",
      matches: () => elsewhere !== undefined,
    };
    const parameter = [...new URLSearchParams(rawQuery(request.url))].find(([, text]) => sameText(text, clean));
    yield {
      mistake: "credential-place",
      message: `The credential is in the URL parameter ${parameter?.[0] ?? ""}.`,
      advice: "Choose the scheme that reads the URL, or change it at the sender.",
      matches: () => parameter !== undefined && !("query" in scheme.place && scheme.place.query === parameter[0]),
    };
  }
  for (const { label, secret } of hints.otherSecrets ?? [])
    if (secret !== "")
      yield {
        mistake: "other-secret",
        message: `The credential matches another secret: ${label}.`,
        advice: "Configure that secret here, or change it at the sender.",
        settings: { ...settings, secrets: [secret] },
      };
}

function plainCredential(scheme: TokenScheme, sent: string): string {
  if (scheme.prefix !== "basic") return withoutPrefix(sent);
  return Buffer.from(withoutPrefix(sent), "base64").toString("utf8");
}

function withoutPrefix(text: string): string {
  return text.trim().replace(/^(?:bearer|basic|token|apikey)\s+/i, "");
}
