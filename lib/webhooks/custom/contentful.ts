import { createHmac } from "node:crypto";
import { SECOND } from "#lib/core/units.ts";
import { readHeader } from "#lib/webhooks/headers.ts";
import { judgeTimestamp, readTimestamp } from "#lib/webhooks/read-timestamp.ts";
import { noSecret, passed, rejected, verified } from "#lib/webhooks/result.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type {
  Check,
  HeaderList,
  Rejected,
  VerificationSettings,
  Verified,
  WebhookRequest,
} from "#lib/webhooks/types.ts";

const SIGNATURE = "x-contentful-signature";
const SIGNED_HEADERS = "x-contentful-signed-headers";
const TIMESTAMP = "x-contentful-timestamp";
const TOLERANCE_SECONDS = 30;
const SIGNED_HEADERS_MAX = 100;
/** Contentful makes secrets of this length only, and its toolkit refuses all others. */
const SECRET_CHARACTERS = 64;
const SECRET_FORM = new RegExp(`^.{${SECRET_CHARACTERS}}$`, "s");

/**
 * Verifies Contentful's canonical request: method, normalised path, the signed headers and the body (node-apps-toolkit,
 * `verifyRequest`).
 */
export function verifyContentful(
  scheme: string,
  request: WebhookRequest,
  settings: VerificationSettings,
  now: Date,
): Verified | Rejected {
  if (!settings.secrets.some((secret) => secret !== "")) return noSecret(scheme);
  const checks: Check[] = [passed("secret", "A secret is configured.")];
  const signature = readHeader(request.headers, SIGNATURE);
  if (signature.kind === "repeated")
    return rejected(
      scheme,
      "signature-repeated",
      `The header ${SIGNATURE} was sent more than once, so none of its values counts.`,
      checks,
      "signature-present",
    );
  if (signature.kind === "missing" || signature.value === "")
    return rejected(
      scheme,
      "signature-missing",
      `The header ${SIGNATURE} is missing; request verification must be switched on in Contentful.`,
      checks,
      "signature-present",
    );
  checks.push(passed("signature-present", "A signature is present."));
  const timestamp = readTimestamp(
    { header: TIMESTAMP, unit: "ms", toleranceSeconds: TOLERANCE_SECONDS },
    request,
    null,
  );
  if (timestamp.kind !== "found")
    return rejected(
      scheme,
      timestamp.kind === "rejected" ? timestamp.reason : "timestamp-missing",
      timestamp.kind === "rejected" ? timestamp.message : "The timestamp is missing.",
      checks,
      "timestamp-present",
    );
  const listed = readHeader(request.headers, SIGNED_HEADERS);
  if (listed.kind !== "one" || listed.value === "")
    return rejected(
      scheme,
      listed.kind === "repeated" ? "header-repeated" : "header-missing",
      `The header ${SIGNED_HEADERS} must be there once.`,
      checks,
      "fields",
    );
  const names = listed.value.split(",");
  if (names.length < 2 || names.length > SIGNED_HEADERS_MAX)
    return rejected(
      scheme,
      "signature-malformed",
      `The header ${SIGNED_HEADERS} does not list the signed headers.`,
      checks,
      "fields",
    );
  const signedHeaders: Array<[string, string]> = [];
  for (const name of new Set(names)) {
    if (name === TIMESTAMP || name === SIGNED_HEADERS || name === SIGNATURE) continue;
    const reading = readHeader(request.headers, name);
    if (reading.kind !== "one")
      return rejected(
        scheme,
        reading.kind === "repeated" ? "header-repeated" : "header-missing",
        `The signed header ${name.slice(0, 100)} must be there once.`,
        checks,
        "fields",
      );
    signedHeaders.push([name, reading.value.trim()]);
  }
  const urls = signedUrls("exact", settings.publicUrl, request.url);
  const texts = (urls.length === 0 ? [request.url] : urls).map((url) =>
    contentfulSignedText(request.method, pathOf(url), signedHeaders, timestamp.text),
  );
  if (texts.includes(null))
    return rejected(
      scheme,
      "signature-malformed",
      "The URL cannot be encoded the way Contentful signs it.",
      checks,
      "fields",
    );
  if (!settings.secrets.some((secret) => SECRET_FORM.test(secret)))
    return rejected(
      scheme,
      "secret-unusable",
      `The configured secret is none of Contentful's: theirs have ${SECRET_CHARACTERS} characters.`,
      checks,
      "secret",
    );
  const secretIndex = settings.secrets.findIndex(
    (secret) =>
      SECRET_FORM.test(secret) &&
      texts.some((text) =>
        sameText(
          signature.value,
          createHmac("sha256", secret)
            .update(text ?? "")
            .update(request.body)
            .digest("hex"),
        ),
      ),
  );
  if (secretIndex < 0)
    return rejected(
      scheme,
      "signature-mismatch",
      "The signature does not match this request and the configured secret.",
      checks,
      "signature-matches",
    );
  checks.push(passed("signature-matches", "The signature matches the request and the exact bytes received."));
  const toleranceSeconds = settings.toleranceSeconds === undefined ? TOLERANCE_SECONDS : settings.toleranceSeconds;
  const ageMs = now.getTime() - timestamp.at.getTime();
  // At exactly the tolerance Contentful's own toolkit calls a request expired.
  if (toleranceSeconds !== null && ageMs === toleranceSeconds * SECOND)
    return rejected(
      scheme,
      "timestamp-too-old",
      `The signed timestamp is ${toleranceSeconds} s old; less is allowed.`,
      checks,
      "timestamp-fresh",
    );
  const stale = toleranceSeconds === null ? null : judgeTimestamp(timestamp.at, now, toleranceSeconds, "ms");
  if (stale) return rejected(scheme, stale.reason, stale.message, checks, "timestamp-fresh");
  return verified(scheme, secretIndex, timestamp.at, [
    ...checks,
    passed("timestamp-fresh", "The signed time is inside the tolerance."),
  ]);
}

/** Everything of Contentful's canonical request but the body; null when the path cannot be encoded. */
export function contentfulSignedText(
  method: string,
  path: string,
  headers: HeaderList,
  timestamp: string,
): string | null {
  const names = [...headers.map(([name]) => name), TIMESTAMP, SIGNED_HEADERS].sort();
  const all = [...headers, [TIMESTAMP, timestamp] as const, [SIGNED_HEADERS, names.join(",")] as const].sort(
    ([a], [b]) => (a > b ? 1 : -1),
  );
  const encoded = encodePath(path);
  return encoded === null
    ? null
    : `${method.toUpperCase()}\n${encoded}\n${all.map(([name, value]) => `${name}:${value}`).join(";")}\n`;
}

/** The path and query of a URL or request target. */
export function pathOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] || url;
}

/** The toolkit's own normalisation, its double escaping of the query included. */
function encodePath(path: string): string | null {
  const [pathname = "", search = ""] = path.split("?");
  try {
    return encodeURI(search === "" ? pathname : `${pathname}?${encodeURIComponent(search)}`);
  } catch {
    return null;
  }
}
