import { createHash, createPublicKey, type KeyObject, verify as verifyWithKey } from "node:crypto";
import { boundedMemo } from "#lib/webhooks/bounded-memo.ts";
import { decodeKey, secretList, startHmac } from "#lib/webhooks/decode-key.ts";
import { queryValue } from "#lib/webhooks/headers.ts";
import { withOwnHeaders } from "#lib/webhooks/own-headers.ts";
import { readSignatures } from "#lib/webhooks/read-signatures.ts";
import { judgeTimestamp, readTimestamp } from "#lib/webhooks/read-timestamp.ts";
import { checkOf, noSecret, passed, rejected, verified } from "#lib/webhooks/result.ts";
import { sameDigest } from "#lib/webhooks/same-text.ts";
import type { AsymmetricScheme, HmacScheme, TimestampPlace } from "#lib/webhooks/scheme-types.ts";
import { fillTemplate, templateUses } from "#lib/webhooks/signed-template.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type { Check, Rejected, VerificationSettings, Verified, WebhookRequest } from "#lib/webhooks/types.ts";

const NO_TIMESTAMP = { kind: "absent" } as const;
const SECRET_SET = passed("secret", "A secret is configured.");
const SIGNATURE_PRESENT = passed("signature-present", "A signature is present.");
const SIGNATURE_MATCHES = passed("signature-matches", "The signature matches the exact bytes received.");
const TIMESTAMP_FRESH = passed("timestamp-fresh", "The signed time is inside the tolerance.");
const BODY_HASH_MATCHES = passed("body-hash", "The signed hash of the body matches.");

/**
 * Verifies a declarative signature scheme (families A–D, F and G) over the exact bytes.
 * The signature is judged before the age of its timestamp, so that a stale but genuine delivery is named as such.
 */
export function verifySignature(
  given: HmacScheme | AsymmetricScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
  now: Date,
): Verified | Rejected {
  const scheme = withOwnHeaders(given, settings);
  if (!settings.secrets.some((secret) => secret !== "")) return noSecret(scheme.id);
  const checks: Check[] = [SECRET_SET];
  const place = scheme.timestamp;
  const reading = readSignatures(scheme.signature, request, place?.field);
  if (reading.kind === "rejected")
    return rejected(scheme.id, reading.reason, reading.message, checks, checkOf(reading.reason));
  checks.push(SIGNATURE_PRESENT);
  const timestamp = place ? readTimestamp(place, request, reading.timestamp) : NO_TIMESTAMP;
  if (timestamp.kind === "rejected")
    return rejected(scheme.id, timestamp.reason, timestamp.message, checks, "timestamp-present");
  if (scheme.kind === "hmac" && scheme.bodyHashQueryParam !== undefined) {
    const failure = bodyHashFailure(scheme.bodyHashQueryParam, request);
    if (failure !== null) return rejected(scheme.id, "body-hash-mismatch", failure, checks, "body-hash");
    checks.push(BODY_HASH_MATCHES);
  }
  const secretIndex = matchingSecret(
    scheme,
    request,
    settings,
    reading.signatures,
    timestamp.kind === "found" ? timestamp.text : null,
  );
  if (typeof secretIndex !== "number")
    return rejected(
      scheme.id,
      secretIndex.reason,
      secretIndex.message,
      checks,
      secretIndex.reason === "signature-mismatch" ? "signature-matches" : checkOf(secretIndex.reason),
    );
  checks.push(SIGNATURE_MATCHES);
  if (timestamp.kind === "absent" || !place) return verified(scheme.id, secretIndex, null, checks);
  const toleranceSeconds = settings.toleranceSeconds === undefined ? place.toleranceSeconds : settings.toleranceSeconds;
  if (toleranceSeconds === null)
    checks.push({
      id: "timestamp-fresh",
      status: "not-configured",
      message: "The age of the signed time is not judged.",
    });
  else {
    const stale = judgeTimestamp(timestamp.at, now, toleranceSeconds, timestampUnit(place));
    if (stale) return rejected(scheme.id, stale.reason, stale.message, checks, "timestamp-fresh");
    checks.push(TIMESTAMP_FRESH);
  }
  return verified(scheme.id, secretIndex, timestamp.at, checks);
}

/**
 * The signature a scheme expects for one secret over already filled template parts, in its text form; null when the
 * secret is unusable.
 */
export function expectedSignature(
  scheme: HmacScheme,
  secret: string,
  parts: ReadonlyArray<string | Uint8Array>,
): string | null {
  if (scheme.publicSecrets?.includes(secret)) return null;
  const key = decodeKey(secret, scheme.key);
  if (key === null) return null;
  const digest = scheme.mac === "hash" ? createHash(scheme.algorithm) : startHmac(scheme.algorithm, key);
  for (const part of parts) digest.update(part);
  return digest.digest(scheme.encoding);
}

type Failure = { readonly reason: Rejected["reason"]; readonly message: string };

function matchingSecret(
  scheme: HmacScheme | AsymmetricScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
  signatures: readonly string[],
  timestamp: string | null,
): number | Failure {
  const template =
    timestamp === null && scheme.kind === "hmac" && scheme.templateWithoutTimestamp !== undefined
      ? scheme.templateWithoutTimestamp
      : scheme.template;
  const urls: ReadonlyArray<string | null> = templateUses(template, "url")
    ? signedUrls(scheme.kind === "hmac" ? (scheme.urlForm ?? "exact") : "exact", settings.publicUrl, request.url)
    : [null];
  if (urls.length === 0)
    return {
      reason: "setting-missing",
      message: "This sender signs the URL: enter the endpoint's public URL exactly as the sender has it.",
    };
  const secretInText = scheme.kind === "hmac" && scheme.mac === "hash";
  let usable = false;
  for (const url of urls) {
    let text = secretInText ? null : fillTemplate(template, request, { timestamp, url });
    for (const [index, secret] of settings.secrets.entries()) {
      if (secret === "") continue;
      if (secretInText) text = fillTemplate(template, request, { timestamp, url, secret });
      if (text === null) continue;
      if (text.kind === "rejected") return text;
      const matches =
        scheme.kind === "hmac"
          ? matchesHmac(scheme, secret, text.parts, signatures)
          : matchesKey(scheme, secret, text.parts, signatures);
      if (matches === null) continue;
      usable = true;
      if (matches) return index;
    }
  }
  return usable
    ? { reason: "signature-mismatch", message: "The signature does not match this body and the configured secret." }
    : { reason: "secret-unusable", message: "The configured secret is not in the form this sender's signature needs." };
}

function matchesHmac(
  scheme: HmacScheme,
  secret: string,
  parts: ReadonlyArray<string | Uint8Array>,
  signatures: readonly string[],
): boolean | null {
  let matched: boolean | null = null;
  for (const each of secretList(secret, scheme.key)) {
    const expected = expectedSignature(scheme, each, parts);
    if (expected === null) continue;
    matched ??= false;
    for (const signature of signatures) if (sameDigest(signature, expected)) matched = true;
  }
  return matched;
}

function matchesKey(
  scheme: AsymmetricScheme,
  secret: string,
  parts: ReadonlyArray<string | Uint8Array>,
  signatures: readonly string[],
): boolean | null {
  const key = publicKeyOf(scheme, secret);
  if (key === null) return null;
  const message = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "utf8") : part)));
  for (const signature of signatures.slice(0, 10)) {
    const bytes = Buffer.from(signature, scheme.encoding);
    // Node's decoder skips what it does not know: only the canonical text of the bytes counts.
    if (bytes.byteLength === 0 || bytes.toString(scheme.encoding) !== signature) continue;
    if (verifyWithKey(scheme.algorithm === "ed25519" ? null : "sha256", message, key, bytes)) return true;
  }
  return false;
}

function publicKeyOf(scheme: AsymmetricScheme, secret: string): KeyObject | null {
  let text = secret.trim();
  for (const prefix of scheme.key?.stripPrefixes ?? []) if (text.startsWith(prefix)) text = text.slice(prefix.length);
  return PUBLIC_KEYS[scheme.publicKey](text);
}

/** Reading a key costs as much as verifying with it, so each is read once. */
const PUBLIC_KEYS: Record<AsymmetricScheme["publicKey"], (text: string) => KeyObject | null> = {
  "spki-der-base64": boundedMemo(readSpkiKey),
  "raw-hex": boundedMemo((text) => readRawKey(text, "hex")),
  "raw-base64": boundedMemo((text) => readRawKey(text, "base64")),
};

function readSpkiKey(text: string): KeyObject | null {
  try {
    const der = text.startsWith("-----BEGIN")
      ? text
      : { key: Buffer.from(text, "base64"), format: "der" as const, type: "spki" as const };
    const key = createPublicKey(der);
    return key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : null;
  } catch {
    return null;
  }
}

function readRawKey(text: string, encoding: "hex" | "base64"): KeyObject | null {
  const raw = Buffer.from(text, encoding);
  if (raw.byteLength !== 32) return null;
  try {
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
  } catch {
    return null;
  }
}

function bodyHashFailure(param: string, request: WebhookRequest): string | null {
  const signed = queryValue(request.url, param);
  if (signed === null) return `The URL carries no ${param}, which must be the SHA-256 of the body.`;
  const actual = createHash("sha256").update(request.body).digest("hex");
  return sameDigest(signed, actual) ? null : `${param} in the URL is not the SHA-256 of the body received.`;
}

function timestampUnit(place: TimestampPlace): "s" | "ms" {
  return place.unit === "ms" || place.format === "iso8601" ? "ms" : "s";
}
