import { decodeKey, type HmacKey, plainKey } from "#lib/webhooks/decode-key.ts";
import type { Mistake, Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import type { HmacScheme } from "#lib/webhooks/scheme-types.ts";

type Digest = (change: { readonly secret?: string; readonly key?: HmacKey }) => Buffer | null;
type MakeTrial = (mistake: Mistake, message: string, advice: string, made: () => Buffer | null) => Trial;

/** Guesses about how a secret was pasted or read. */
export function* secretTrials(secret: string, trial: MakeTrial, digest: Digest, scheme: HmacScheme): Generator<Trial> {
  const clean = secret.trim().replace(/^(["'`])(.*)\1$/s, "$2");
  if (clean !== secret)
    yield trial(
      "secret-whitespace",
      "The signature matches the secret without the spaces, line breaks or quotation marks around it.",
      "Paste the secret again without them.",
      () => digest({ secret: clean }),
    );
  const unspaced = secret.replace(/\s+/g, "");
  if (unspaced !== secret && unspaced !== clean)
    yield trial(
      "secret-whitespace",
      "The signature matches the secret without the spaces inside it.",
      "Paste the secret again in one piece.",
      () => digest({ secret: unspaced }),
    );
  yield trial(
    "secret-whitespace",
    "The signature matches the secret with a line break at its end.",
    "The sender's secret ends with a line break: set it again there (`echo -n`).",
    () => digest({ key: plainKey(`${secret}\n`) }),
  );
  const assigned = pastedSecret(secret);
  if (assigned !== clean)
    yield trial(
      "secret-name",
      "The signature matches the secret without the name in front of it.",
      "Paste only what comes after the equals sign or colon.",
      () => digest({ secret: assigned }),
    );
  yield* prefixTrials(secret, trial, digest);
  const bare = secret.replace(/^(?:v1,)?(?:whsec_)+/, "");
  const keys: ReadonlyArray<readonly [string, HmacKey | null]> = [
    ["as plain text", plainKey(secret)],
    ["as base64", decodeKey(bare, { decode: "base64" })],
    ["as hexadecimal", decodeKey(secret, { decode: "hex" })],
    ["as plain text without its prefix", bare === secret ? null : plainKey(bare)],
  ];
  for (const [how, key] of keys)
    if (key !== null)
      yield trial(
        "secret-encoding",
        `The signature matches when the secret is read ${how}; here it is read as ` +
          `${scheme.key?.decode ?? "plain text"}.`,
        "Choose that secret encoding, or a scheme that uses it.",
        () => digest({ key }),
      );
  for (const cased of [secret.toLowerCase(), secret.toUpperCase()])
    if (cased !== secret)
      yield trial(
        "secret-case",
        "The signature matches the secret in other capital and small letters.",
        "Paste the secret again exactly as the sender shows it.",
        () => digest({ secret: cased }),
      );
  for (const [how, other] of [
    ["decoded from its URL form (%XX)", urlDecoded(secret)],
    ["in its URL form (%XX)", encodeURIComponent(secret)],
  ] as const)
    if (other !== secret)
      yield trial(
        "secret-encoding",
        `The signature matches the secret ${how}.`,
        "Paste the secret exactly as the sender shows it: a link or a configuration file writes some " +
          "characters as %XX.",
        () => digest({ secret: other }),
      );
  const entities = secret
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#039;", "'")
    .replaceAll("&amp;", "&");
  if (entities !== secret)
    yield trial(
      "secret-entities",
      "The signature matches the secret with its HTML entities decoded.",
      "Paste the secret as plain text: & instead of &amp;.",
      () => digest({ secret: entities }),
    );
}

/** A secret without what people paste around it: white space, quotation marks, the name of a variable. */
export function pastedSecret(secret: string): string {
  const clean = secret.trim().replace(/^(["'`])(.*)\1$/s, "$2");
  return /^(?:export )?[A-Za-z_][A-Za-z0-9_]*\s*[=:]\s*["']?(.+?)["']?$/s.exec(clean)?.[1] ?? clean;
}

function urlDecoded(secret: string): string {
  try {
    return decodeURIComponent(secret);
  } catch {
    return secret;
  }
}

function* prefixTrials(secret: string, trial: MakeTrial, digest: Digest): Generator<Trial> {
  const doubled = /^(v1,)?(?:whsec_){2,}/.exec(secret);
  if (doubled) {
    const single = `${doubled[1] ?? ""}whsec_${secret.slice(doubled[0].length)}`;
    yield trial(
      "secret-prefix",
      "The signature matches the secret with whsec_ once in front of it.",
      "Paste the secret again; whsec_ is in it twice.",
      () => digest({ secret: single }),
    );
  } else if (!secret.includes("whsec_"))
    yield trial(
      "secret-prefix",
      "The signature matches the secret with whsec_ in front of it.",
      "Paste the secret again, whole: whsec_ belongs to it.",
      () => digest({ key: plainKey(`whsec_${secret}`) }),
    );
}
