import { PARSED_BODY_BYTES_MAX, parseBody, scalarText, valueAt } from "#lib/webhooks/body-fields.ts";
import { queryValue, rawQuery, readHeader } from "#lib/webhooks/headers.ts";
import { proofText } from "#lib/webhooks/proof-text.ts";
import { noSecret, passed, rejected, verified } from "#lib/webhooks/result.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import type { TokenScheme } from "#lib/webhooks/scheme-types.ts";
import type {
  Check,
  Rejected,
  RejectReason,
  VerificationSettings,
  Verified,
  WebhookRequest,
} from "#lib/webhooks/types.ts";

const SECRET_SET = passed("secret", "A secret is configured.");

/** Verifies a secret that the sender repeats in every request (family E): exact text, compared by hash. */
export function verifyToken(
  scheme: TokenScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
): Verified | Rejected {
  if (!settings.secrets.some((secret) => secret !== "")) return noSecret(scheme.id);
  const checks: Check[] = [SECRET_SET];
  const reading = readCredentials(scheme, request, settings);
  if (reading.kind === "rejected")
    return rejected(scheme.id, reading.reason, reading.message, checks, "credential-present");
  checks.push(passed("credential-present", "The request carries the credential."));
  const secretIndex = settings.secrets.findIndex(
    (secret) =>
      secret !== "" && reading.values.every((value) => sameText(value, secret) || sameText(asUtf8(value), secret)),
  );
  if (secretIndex < 0)
    return rejected(
      scheme.id,
      "credential-mismatch",
      "The credential in the request is not the configured one.",
      checks,
      "credential-matches",
    );
  return verified(scheme.id, secretIndex, null, [
    ...checks,
    passed("credential-matches", "The credential is the configured one."),
  ]);
}

type Reading =
  | { readonly kind: "found"; readonly values: readonly string[] }
  | { readonly kind: "rejected"; readonly reason: RejectReason; readonly message: string };

function readCredentials(scheme: TokenScheme, request: WebhookRequest, settings: VerificationSettings): Reading {
  const { place } = scheme;
  if ("bodyPath" in place) return readBodyCredentials(scheme, place.bodyPath, request);
  if ("query" in place) {
    const name = (place.queryOption ? settings.options?.[place.queryOption] : undefined) || place.query;
    const value = queryValue(request.url, name);
    if (value !== null && value !== "") return { kind: "found", values: [value] };
    const repeated = new URLSearchParams(rawQuery(request.url)).getAll(name).length > 1;
    return repeated
      ? reject("credential-repeated", `The URL carries ${name} more than once, so none counts.`)
      : reject("credential-missing", `The URL carries no ${name}.`);
  }
  const name = (
    (place.headerOption ? settings.options?.[place.headerOption] : undefined) || place.header
  ).toLowerCase();
  const reading = readHeader(request.headers, name);
  if (reading.kind === "repeated")
    return reject("credential-repeated", `The header ${name} was sent more than once, so none of its values counts.`);
  if (reading.kind === "missing" || reading.value === "")
    return reject("credential-missing", `The header ${name} is missing.`);
  if (scheme.prefix === undefined)
    return {
      kind: "found",
      values: [scheme.optionalPrefix === undefined ? reading.value : withoutBearer(reading.value, settings)],
    };
  const match = /^([A-Za-z]+) +([^ \t\r\n]+)$/.exec(reading.value);
  if (!match || match[1]?.toLowerCase() !== scheme.prefix)
    return reject(
      "credential-malformed",
      `The header ${name} is not "${scheme.prefix === "basic" ? "Basic" : "Bearer"} …".`,
    );
  if (scheme.prefix === "bearer") return { kind: "found", values: [match[2] ?? ""] };
  const encoded = match[2] ?? "";
  const decoded = Buffer.from(encoded, "base64");
  // Node's decoder skips what it does not know: only the canonical text of the bytes counts.
  if (decoded.toString("base64") !== encoded)
    return reject("credential-malformed", "The Basic credentials are not base64.");
  const credentials = decoded.toString("utf8");
  return credentials === ":"
    ? reject("credential-missing", "The Basic credentials are empty.")
    : { kind: "found", values: [credentials] };
}

/** The value without "Bearer", unless a configured secret itself begins with it. */
function withoutBearer(value: string, settings: VerificationSettings): string {
  return settings.secrets.some((secret) => /^bearer /i.test(secret)) ? value : value.replace(/^bearer +/i, "");
}

/** Node reads the bytes of a header as Latin-1; senders write UTF-8. */
function asUtf8(value: string): string {
  return /[\u0080-\u00ff]/.test(value) && !/[^\u0000-\u00ff]/.test(value)
    ? Buffer.from(value, "latin1").toString("utf8")
    : value;
}

function readBodyCredentials(scheme: TokenScheme, path: string, request: WebhookRequest): Reading {
  if (!scheme.everyItem && request.body.byteLength > PARSED_BODY_BYTES_MAX) {
    const text = proofText(request, path);
    return text ? { kind: "found", values: [text] } : reject("credential-missing", `The body has no ${path}.`);
  }
  const parsed = parseBody(request);
  if (parsed.kind === "unreadable")
    return reject("body-unreadable", "The credential belongs in the body, but the body cannot be read.");
  if (!scheme.everyItem) {
    const text = scalarText(valueAt(parsed.value, path));
    return text ? { kind: "found", values: [text] } : reject("credential-missing", `The body has no ${path}.`);
  }
  const [listPath = "", itemPath = ""] = path.split("[].");
  const items = valueAt(parsed.value, listPath);
  if (!Array.isArray(items) || items.length === 0)
    return reject("credential-missing", `The body has no items in ${listPath}.`);
  const values = items.map((item) => scalarText(valueAt(item, itemPath)) ?? "");
  return values.includes("")
    ? reject("credential-missing", `An item of ${listPath} has no ${itemPath}.`)
    : { kind: "found", values };
}

function reject(reason: RejectReason, message: string): Reading & { kind: "rejected" } {
  return { kind: "rejected", reason, message };
}
