import { createHash } from "node:crypto";
import { bodyText } from "#lib/webhooks/body-fields.ts";
import { decodeKey, type HmacKey, plainKey, startHmac } from "#lib/webhooks/decode-key.ts";
import type { DiagnoseHints, Mistake, Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import { otherUrls } from "#lib/webhooks/diagnose/other-urls.ts";
import { type ReceivedSignature, receivedSignatures } from "#lib/webhooks/diagnose/received-signatures.ts";
import { secretTrials } from "#lib/webhooks/diagnose/secret-trials.ts";
import { readSignatures } from "#lib/webhooks/read-signatures.ts";
import { readTimestamp } from "#lib/webhooks/read-timestamp.ts";
import type { HashAlgorithm, HmacScheme } from "#lib/webhooks/scheme-types.ts";
import { fillTemplate } from "#lib/webhooks/signed-template.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

const ALGORITHMS: readonly HashAlgorithm[] = ["sha256", "sha1", "sha512", "sha384"];
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
  const timestamp = timestampOf(scheme, request);
  const url = signedUrls(scheme.urlForm ?? "exact", settings.publicUrl, request.url)[0] ?? null;
  const digest = (change: {
    readonly secret?: string;
    readonly key?: HmacKey;
    readonly algorithm?: HashAlgorithm;
    readonly template?: string;
    readonly url?: string;
    readonly plain?: boolean;
  }): Buffer | null => {
    const secret = change.secret ?? secrets[0] ?? "";
    const key = change.key ?? decodeKey(secret, scheme.key) ?? plainKey(secret);
    const text = fillTemplate(change.template ?? scheme.template, request, { timestamp, url: change.url ?? url, secret });
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
  // What is right about the MAC but wrong about how it is written: one digest per secret tells.
  for (const secret of secrets) {
    const made = digest({ secret });
    if (made !== null) yield* writingTrials(made, scheme, received);
  }
  for (const secret of secrets) yield* secretTrials(secret, trial, digest, scheme);
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
    "The sender has no secret set: enter the same secret there. A signature made with an empty secret is never accepted.",
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
    if (template !== scheme.template)
      yield changed(
        template.includes("{timestamp}") || scheme.template.includes("{timestamp}") ? "timestamp-place" : "signed-text",
        `The signature covers ${template}, expected is ${scheme.template}.`,
        "Choose a scheme with that signed text, or change it at the sender.",
        { template },
      );
  yield changed(
    "no-key",
    "The signature is a plain hash of the body, without any secret.",
    "A plain hash proves nothing: make the sender use HMAC with the secret.",
    { template: "{body}", plain: true },
  );
  yield changed("no-key", "The signature is a plain hash of secret and body, not an HMAC.", "Make the sender use HMAC with the secret.", {
    template: "{secret}{body}",
    plain: true,
  });
  if (scheme.template.includes("{url}"))
    for (const other of otherUrls(url, request, hints))
      yield changed(
        "url",
        `The sender signed the URL ${other}.`,
        "Enter that URL as the endpoint's public URL, or correct it at the sender.",
        { url: other },
      );
}

function* writingTrials(made: Buffer, scheme: HmacScheme, received: readonly ReceivedSignature[]): Generator<Trial> {
  const right = made.toString(scheme.encoding);
  const test = (mistake: Mistake, message: string, advice: string, matches: (each: ReceivedSignature) => boolean): Trial => ({
    mistake,
    message,
    advice,
    matches: () => received.some(matches),
  });
  const elsewhere = received.find((each) => !each.expectedPlace && texts(made).includes(each.bare));
  if (elsewhere)
    yield test(
      "other-header",
      `The right signature is in the header ${elsewhere.header}, expected is ${scheme.signature.header ?? "another place"}.`,
      "Choose the scheme that reads this header, or change the header at the sender.",
      () => true,
    );
  yield test(
    "repeated-header",
    "The signature header was sent more than once, and one of its values is right.",
    "A proxy or the sender adds the header twice: send it once.",
    (each) => each.repeated && (each.text.includes(right) || each.bare === right),
  );
  yield test(
    "signature-prefix",
    `The signature is right, but what stands around it is not: expected is ${describePlace(scheme)}.`,
    "Correct the prefix here or at the sender.",
    (each) => each.expectedPlace && each.bare === right && each.text !== right,
  );
  yield test(
    "signature-prefix",
    `The signature is right, but it stands there bare: expected is ${describePlace(scheme)}.`,
    "Correct the prefix here or at the sender.",
    (each) => each.expectedPlace && each.text === right,
  );
  yield test(
    "signature-case",
    "The signature is right, but in capital letters.",
    "Make the sender write hexadecimal in small letters.",
    (each) => scheme.encoding === "hex" && each.bare.toLowerCase() === right,
  );
  for (const [name, text] of writings(made))
    if (text !== right)
      yield test(
        "signature-encoding",
        `The signature is right, but written as ${name}; expected is ${scheme.encoding}.`,
        "Choose that encoding, or change it at the sender.",
        (each) => each.bare === text,
      );
  yield test(
    "signature-truncated",
    "The signature is right, but cut off.",
    "Something shortens the header: look at header size limits of proxies.",
    (each) => each.bare.length >= 8 && each.bare.length < right.length && right.startsWith(each.bare),
  );
  yield test(
    "signature-truncated",
    "The signature is right, but something follows it.",
    "Something adds text to the header.",
    (each) => each.bare.length > right.length && each.bare.startsWith(right),
  );
}

function matchesAny(made: Buffer | null, received: readonly ReceivedSignature[]): boolean {
  if (made === null) return false;
  const possible = texts(made);
  return received.some((each) => possible.includes(each.bare) || possible.includes(each.text));
}

function texts(digest: Buffer): readonly string[] {
  return writings(digest).map(([, text]) => text);
}

function writings(digest: Buffer): ReadonlyArray<readonly [string, string]> {
  const hex = digest.toString("hex");
  return [
    ["hex", hex],
    ["base64", digest.toString("base64")],
    ["base64url", digest.toString("base64url")],
    ["base64url with padding", digest.toString("base64").replaceAll("+", "-").replaceAll("/", "_")],
    ["base64 without padding", digest.toString("base64").replace(/=+$/, "")],
    ["base64 of hexadecimal text", Buffer.from(hex).toString("base64")],
    ["hex in capital letters", hex.toUpperCase()],
  ];
}

function describePlace({ signature }: HmacScheme): string {
  return signature.field === undefined ? `${signature.prefix ?? ""}…` : `${signature.field}${signature.fieldSeparator ?? "="}…`;
}

/** The signed time as text, from its place or from wherever senders put one. */
function timestampOf(scheme: HmacScheme, request: WebhookRequest): string | null {
  if (scheme.timestamp) {
    const reading = readSignatures(scheme.signature, request, scheme.timestamp.field);
    const found = readTimestamp(scheme.timestamp, request, reading.kind === "found" ? reading.timestamp : null);
    if (found.kind === "found") return found.text;
  }
  const header = request.headers.find(([name, value]) => /timestamp|-time$/i.test(name) && /^\d{10,13}$/.test(value));
  if (header) return header[1];
  const item = request.headers
    .map(([, value]) => /(?:^|[,;]\s*)(?:t|ts)=(\d{10,13})(?=[,;]|$)/.exec(value)?.[1])
    .find((value) => value !== undefined);
  return item ?? bodyText(request, "timestamp");
}
