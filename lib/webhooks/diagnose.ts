import { configuredHmac } from "#lib/webhooks/configurable-hmac.ts";
import { bodyVariants } from "#lib/webhooks/diagnose/body-variants.ts";
import type { DiagnoseHints, Diagnosis, Trial } from "#lib/webhooks/diagnose/diagnosis.ts";
import { explainReason } from "#lib/webhooks/diagnose/explain-reason.ts";
import { likelySchemes, sameHeaderProviders } from "#lib/webhooks/diagnose/foreign-schemes.ts";
import { RAW_ADVICE } from "#lib/webhooks/diagnose/json-variants.ts";
import { cleanSecrets, keyTrials, simulatorTrial } from "#lib/webhooks/diagnose/key-trials.ts";
import { lostBytes } from "#lib/webhooks/diagnose/lost-bytes.ts";
import { macVariants } from "#lib/webhooks/diagnose/mac-variants.ts";
import { otherUrls } from "#lib/webhooks/diagnose/other-urls.ts";
import { pastedSecret } from "#lib/webhooks/diagnose/secret-trials.ts";
import { tokenTrials } from "#lib/webhooks/diagnose/token-trials.ts";
import { readHeader } from "#lib/webhooks/headers.ts";
import { withOwnHeaders } from "#lib/webhooks/own-headers.ts";
import type { Provider } from "#lib/webhooks/provider-types.ts";
import type { HmacScheme, Scheme } from "#lib/webhooks/scheme-types.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type { RejectReason, VerificationSettings, VerifyPorts, WebhookRequest } from "#lib/webhooks/types.ts";
import { chooseScheme, findScheme, verify } from "#lib/webhooks/verify.ts";
import { verifySignature } from "#lib/webhooks/verify-signature.ts";

/** Variants that one diagnosis tries at most. */
export const VARIANTS_MAX = 64;
/**
 * Reasons that leave nothing to guess: the set-up lacks something, or the signature is right and only its time is not.
 */
const PLAIN_REASONS: ReadonlySet<RejectReason> = new Set([
  "secret-missing",
  "setting-missing",
  "unknown-scheme",
  "timestamp-too-old",
  "timestamp-in-future",
  "token-expired",
  "token-not-yet-valid",
]);
/** Bodies larger than this are only tried as they are. */
const VARIED_BODY_BYTES_MAX = 256 * 1024;

/**
 * The signature doctor: says which known mistake would make a refused request match. It never accepts anything: its
 * answer is text for the owner, and at most 64 mistakes are tried.
 */
export async function diagnose(
  provider: Provider,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
  hints: DiagnoseHints = {},
): Promise<Diagnosis> {
  const result = await verify(provider, request, settings, ports);
  if (result.kind === "verified") return { kind: "verifies" };
  if (result.kind !== "rejected")
    return {
      kind: "explained",
      reason: result.kind === "unavailable" ? result.reason : result.kind,
      message: result.message,
      advice: "Nothing about the request is wrong as far as it can be known.",
    };
  if (PLAIN_REASONS.has(result.reason)) {
    const plain = explainReason(result, provider, request, settings);
    if (plain) return plain;
  }
  const scheme = concreteScheme(provider, request, settings);
  let tried = 0;
  for (const trial of trials(provider, scheme, request, settings, hints)) {
    if (tried >= VARIANTS_MAX) break;
    tried += 1;
    const matches =
      "matches" in trial
        ? trial.matches()
        : (await verify(trial.provider ?? provider, trial.request ?? request, trial.settings ?? settings, ports))
            .kind === "verified";
    if (matches)
      return { kind: "would-match", mistake: trial.mistake, message: trial.message, advice: trial.advice, tried };
  }
  const explained = explainReason(result, provider, request, settings);
  if (explained) return { ...explained, tried };
  const lost = result.reason === "signature-mismatch" ? lostBytes(provider, request) : null;
  return lost === null
    ? { kind: "unknown", reason: result.reason, message: result.message, tried }
    : { kind: "explained", reason: result.reason, message: `${result.message} ${lost}`, advice: RAW_ADVICE, tried };
}

/**
 * The scheme that judged the request; of a choice the one whose signature the request carries, else that of the first
 * secret.
 */
function concreteScheme(provider: Provider, request: WebhookRequest, settings: VerificationSettings): Scheme | null {
  const wanted = settings.scheme ? findScheme(provider, settings.scheme) : provider.schemes[0];
  if (wanted?.kind !== "choice") return wanted;
  const chosen = (settings.secrets.length === 0 ? [""] : settings.secrets)
    .flatMap((secret) => [secret, pastedSecret(secret)])
    .map((secret) => chooseScheme(provider, wanted, request, secret));
  const carried = chosen.find(
    (scheme) =>
      scheme?.kind === "hmac" && readHeader(request.headers, scheme.signature.header ?? "").kind !== "missing",
  );
  return carried ?? chosen[0] ?? null;
}

/** Every guess, the likely and cheap ones first. */
function* trials(
  provider: Provider,
  scheme: Scheme | null,
  request: WebhookRequest,
  settings: VerificationSettings,
  hints: DiagnoseHints,
): Generator<Trial> {
  const hmac = hmacOf(scheme, settings);
  yield* likelySchemes(provider, scheme, request, settings);
  if (hmac) yield* macVariants(hmac, request, settings, hints);
  if (scheme?.kind === "token") yield* tokenTrials(scheme, request, settings, hints);
  if (scheme?.kind === "asymmetric") yield* keyTrials(scheme, request, settings);
  if (!hmac && scheme?.kind !== "token") yield* cleanSecrets(settings);
  if (scheme?.kind === "custom" && scheme.verifier === "paypal") yield simulatorTrial(settings);
  if (scheme?.kind === "custom" && scheme.verifier === "contentful") yield* otherPaths(request, settings, hints);
  for (const { label, secret } of hints.otherSecrets ?? []) {
    if (secret === "") continue;
    yield {
      mistake: "other-secret",
      message: `The signature matches another secret: ${label}.`,
      advice: "Configure that secret here, or change it at the sender.",
      settings: { ...settings, secrets: [secret] },
    };
  }
  if (request.body.byteLength <= VARIED_BODY_BYTES_MAX) {
    for (const variant of bodyVariants(request)) {
      const changed = { ...request, body: variant.body };
      yield hmac
        ? { ...variant, matches: () => signatureMatches(hmac, changed, settings) }
        : { ...variant, request: changed };
    }
  }
  yield* sameHeaderProviders(provider, request, settings);
}

/** Guesses that the sender calls another address than the configured one; Contentful signs its path. */
function* otherPaths(request: WebhookRequest, settings: VerificationSettings, hints: DiagnoseHints): Generator<Trial> {
  const url = signedUrls("exact", settings.publicUrl, request.url)[0] ?? null;
  for (const other of otherUrls(url, request, hints))
    yield {
      mistake: "url",
      message: `The sender signed the URL ${other}.`,
      advice: "Enter that URL as the endpoint's public URL, or correct it at the sender.",
      request: { ...request, url: other },
      settings: { ...settings, publicUrl: other },
    };
}

/** Whether the signature alone matches, whatever the age of its timestamp. */
function signatureMatches(scheme: HmacScheme, request: WebhookRequest, settings: VerificationSettings): boolean {
  return verifySignature(scheme, request, { ...settings, toleranceSeconds: null }, new Date(0)).kind === "verified";
}

function hmacOf(scheme: Scheme | null, settings: VerificationSettings): HmacScheme | null {
  if (scheme?.kind === "hmac") return withOwnHeaders(scheme, settings);
  if (scheme?.kind !== "custom" || scheme.verifier !== "configurable-hmac") return null;
  const configured = configuredHmac(scheme.id, settings);
  return configured.kind === "scheme" ? configured.scheme : null;
}
