import { createHash } from "node:crypto";
import { bodyText } from "#lib/webhooks/body-fields.ts";
import { decodeKey, type HmacKey, plainKey, startHmac } from "#lib/webhooks/decode-key.ts";
import type { DiagnoseHints, Mistake, Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import { otherUrls } from "#lib/webhooks/diagnose/other-urls.ts";
import { receivedSignatures } from "#lib/webhooks/diagnose/received-signatures.ts";
import { secretTrials } from "#lib/webhooks/diagnose/secret-trials.ts";
import { matchesAny, wrongWriting } from "#lib/webhooks/diagnose/wrong-writing.ts";
import { readSignatures } from "#lib/webhooks/read-signatures.ts";
import { readTimestamp } from "#lib/webhooks/read-timestamp.ts";
import type { HashAlgorithm, HmacScheme } from "#lib/webhooks/scheme-types.ts";
import { fillTemplate } from "#lib/webhooks/signed-template.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

const ALGORITHMS: readonly HashAlgorithm[] = ["sha256", "sha1", "sha512", "sha384"];
const OTHER_TIMESTAMPS_MAX = 3;
const TEMPLATES = [
  "{body}",
  "{timestamp}.{body}",
  "v0:{timestamp}:{body}",
  "{timestamp}:{body}",
  "{timestamp}{body}",
  "{body}{timestamp}",
  "{url}{body}",
  "{body}{url}",
];

/** Guesses about an HMAC set-up: header, encoding, secret, algorithm, signed text and URL. */
export function* macVariants(
  scheme: HmacScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
  hints: DiagnoseHints,
): Generator<Trial> {
  const received = receivedSignatures(scheme, request);
  if (received.length === 0) return;
  const secrets = settings.secrets.filter((secret) => secret !== "");
  const placed = placedTimestamp(scheme, request);
  const timestamp = placed ?? strayTimestamp(request);
  const signed =
    placed === null && scheme.templateWithoutTimestamp !== undefined
      ? scheme.templateWithoutTimestamp
      : scheme.template;
  const url = signedUrls(scheme.urlForm ?? "exact", settings.publicUrl, request.url)[0] ?? null;
  const digest = (change: {
    readonly secret?: string;
    readonly key?: HmacKey;
    readonly algorithm?: HashAlgorithm;
    readonly template?: string;
    readonly url?: string;
    readonly timestamp?: string;
    readonly plain?: boolean;
  }): Buffer | null => {
    const secret = change.secret ?? secrets[0] ?? "";
    const key = change.key ?? decodeKey(secret, scheme.key) ?? plainKey(secret);
    const text = fillTemplate(change.template ?? signed, request, {
      timestamp: change.timestamp ?? timestamp,
      url: change.url ?? url,
      secret,
    });
    if (text.kind === "rejected") return null;
    const hash =
      change.plain || scheme.mac === "hash"
        ? createHash(change.algorithm ?? scheme.algorithm)
        : startHmac(change.algorithm ?? scheme.algorithm, key);
    for (const part of text.parts) hash.update(part);
    return hash.digest();
  };
  const trial = (mistake: Mistake, message: string, advice: string, made: () => Buffer | null): Trial => ({
    mistake,
    message,
    advice,
    matches: () => matchesAny(made(), received),
  });
  // The newest two secrets: while they are exchanged the sender may still sign with the older one.
  const tried = secrets.length === 0 ? [""] : secrets.slice(0, 2);
  const changed = (mistake: Mistake, message: string, advice: string, change: Parameters<typeof digest>[0]): Trial => ({
    mistake,
    message,
    advice,
    matches: () => tried.some((secret) => matchesAny(digest({ ...change, secret }), received)),
  });
  for (const secret of tried) {
    const made = digest({ secret });
    const writing = made === null ? null : wrongWriting(made, scheme, received);
    if (writing !== null) yield writing;
  }
  for (const secret of tried) if (secret !== "") yield* secretTrials(secret, trial, digest, scheme);
  for (const secret of scheme.publicSecrets ?? [])
    yield trial(
      "public-secret",
      "The signature is made with the secret that this sender's documentation publishes for its test button.",
      "It proves nothing and is never accepted: send a real delivery.",
      () => digest({ key: plainKey(secret) }),
    );
  yield trial(
    "empty-secret-at-sender",
    "The signature is made with an empty secret.",
    "The sender has no secret set: enter the same secret there. A " +
      "signature made with an empty secret is never accepted.",
    () => digest({ key: plainKey("") }),
  );
  for (const algorithm of ALGORITHMS)
    if (algorithm !== scheme.algorithm)
      yield changed(
        "algorithm",
        `The signature is HMAC-${algorithm.toUpperCase()}, expected is HMAC-${scheme.algorithm.toUpperCase()}.`,
        "Choose that algorithm, or change it at the sender.",
        { algorithm },
      );
  for (const template of TEMPLATES)
    if (
      template !== signed &&
      (timestamp !== null || !template.includes("{timestamp}")) &&
      (url !== null || !template.includes("{url}"))
    )
      yield changed(
        template.includes("{timestamp}") || scheme.template.includes("{timestamp}") ? "timestamp-place" : "signed-text",
        `The signature covers ${template}, expected is ${signed}.`,
        "Choose a scheme with that signed text, or change it at the sender.",
        { template },
      );
  if (scheme.template.includes("{timestamp}"))
    for (const [header, other] of otherTimestamps(request, timestamp))
      yield changed(
        "timestamp-place",
        `The sender signed the time in ${header}, expected is the one in ` +
          `${scheme.timestamp?.header ?? scheme.timestamp?.field ?? "its own place"}.`,
        "Let the sender send and sign the same time, or choose the scheme that reads this header.",
        { timestamp: other },
      );
  yield changed(
    "no-key",
    "The signature is a plain hash of the body, without any secret.",
    "A plain hash proves nothing: make the sender use HMAC with the secret.",
    { template: "{body}", plain: true },
  );
  yield changed(
    "no-key",
    "The signature is a plain hash of secret and body, not an HMAC.",
    "Make the sender use HMAC with the secret.",
    {
      template: "{secret}{body}",
      plain: true,
    },
  );
  if (scheme.template.includes("{url}"))
    for (const other of otherUrls(url, request, hints))
      yield changed(
        "url",
        `The sender signed the URL ${other}.`,
        "Enter that URL as the endpoint's public URL, or correct it at the sender.",
        { url: other },
      );
}

/** The signed time as text from its own place; null when it is not there. */
function placedTimestamp(scheme: HmacScheme, request: WebhookRequest): string | null {
  if (!scheme.timestamp) return null;
  const reading = readSignatures(scheme.signature, request, scheme.timestamp.field);
  const found = readTimestamp(scheme.timestamp, request, reading.kind === "found" ? reading.timestamp : null);
  return found.kind === "found" ? found.text : null;
}

/** A time from wherever senders put one. */
function strayTimestamp(request: WebhookRequest): string | null {
  const header = request.headers.find(([name, value]) => /timestamp|-time$/i.test(name) && /^\d{10,13}$/.test(value));
  if (header) return header[1];
  const item = request.headers
    .map(([, value]) => /(?:^|[,;]\s*)(?:t|ts)=(\d{10,13})(?=[,;]|$)/.exec(value)?.[1])
    .find((value) => value !== undefined);
  return item ?? bodyText(request, "timestamp");
}

/** Other headers that hold a time, with the header's name. */
function otherTimestamps(
  request: WebhookRequest,
  known: string | null,
): ReadonlyArray<readonly [header: string, value: string]> {
  return request.headers
    .filter(
      ([name, value]) =>
        value !== known &&
        /timestamp|date|time/i.test(name) &&
        value.length <= 40 &&
        /^(?:\d{10,13}|\d{4}-\d{2}-\d{2}T.+|[A-Z][a-z]{2}, .+ GMT)$/.test(value),
    )
    .slice(0, OTHER_TIMESTAMPS_MAX);
}
