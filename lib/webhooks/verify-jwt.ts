import { createHash } from "node:crypto";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import { readHeader } from "#lib/webhooks/headers.ts";
import { type Candidate, candidateKeys, fillOptions } from "#lib/webhooks/jwt-keys.ts";
import { noSecret, passed, rejected, verified } from "#lib/webhooks/result.ts";
import { sameText } from "#lib/webhooks/same-text.ts";
import type { JwtScheme } from "#lib/webhooks/scheme-types.ts";
import type {
  Check,
  Rejected,
  RejectReason,
  VerificationSettings,
  VerifyPorts,
  VerifyResult,
  WebhookRequest,
} from "#lib/webhooks/types.ts";

const TOKEN_CHARACTERS_MAX = 16_384;

/** Verifies a JWT that stands in a header (family H): pinned algorithms, issuer, audience, age and body hash. */
export async function verifyJwt(
  scheme: JwtScheme,
  request: WebhookRequest,
  settings: VerificationSettings,
  ports: VerifyPorts,
): Promise<VerifyResult> {
  const missing = missingSetting(scheme, settings);
  if (missing !== null) return missing;
  const checks: Check[] = [passed("secret", "The settings this token is checked against are there.")];
  const token = readToken(scheme, request, settings);
  if (token.kind === "rejected") return rejected(scheme.id, token.reason, token.message, checks, "credential-present");
  checks.push(passed("credential-present", "The request carries a token."));
  const candidates = await candidateKeys(scheme, settings, ports, token.text, checks);
  if (!Array.isArray(candidates)) return candidates;
  let failure: Rejected | null = null;
  for (const candidate of candidates) {
    const outcome = await verifyWith(candidate, scheme, token.text, settings, ports.now);
    if (outcome.kind === "failed") {
      // The most telling failure wins: a token whose signature is right says more than one with a foreign signature.
      if (failure === null || failure.reason === "signature-mismatch")
        failure = rejected(scheme.id, outcome.reason, outcome.message, checks, "token-valid");
      continue;
    }
    checks.push(passed("token-valid", "The token's signature, algorithm, issuer, audience and times are right."));
    if (
      typeof outcome.payload.iat === "number" &&
      outcome.payload.iat > ports.now.getTime() / 1000 + scheme.clockSkewSeconds
    )
      return rejected(
        scheme.id,
        "token-not-yet-valid",
        "The token was issued in the future (iat).",
        checks,
        "token-valid",
      );
    const audience = expectedAudience(scheme, settings);
    if (
      !scheme.audience?.required &&
      audience !== undefined &&
      outcome.payload.aud !== undefined &&
      ![outcome.payload.aud].flat().includes(audience)
    )
      return rejected(scheme.id, "token-claim", "The token's aud is not the expected one.", checks, "fields");
    const claimProblem = wrongClaim(scheme, outcome.payload, settings);
    if (claimProblem !== null) return rejected(scheme.id, "token-claim", claimProblem, checks, "fields");
    const bodyHashClaim =
      scheme.bodyHashClaim ??
      ((scheme.bodyHashClaimOption && settings.options?.[scheme.bodyHashClaimOption]) || undefined);
    if (bodyHashClaim !== undefined) {
      const signed = outcome.payload[bodyHashClaim];
      if (typeof signed !== "string" || !sameText(signed, createHash("sha256").update(request.body).digest("hex")))
        return rejected(
          scheme.id,
          "body-hash-mismatch",
          `The token's ${bodyHashClaim} is not the SHA-256 of the body received.`,
          checks,
          "body-hash",
        );
      checks.push(passed("body-hash", "The token's hash of the body matches."));
    }
    return verified(
      scheme.id,
      candidate.secretIndex,
      typeof outcome.payload.iat === "number" ? new Date(outcome.payload.iat * 1000) : null,
      checks,
    );
  }
  return (
    failure ??
    rejected(
      scheme.id,
      "secret-unusable",
      "The configured key is not one this token can be checked with.",
      checks,
      "secret",
    )
  );
}

function missingSetting(scheme: JwtScheme, settings: VerificationSettings): Rejected | null {
  if (
    (scheme.keys.from === "secret" || scheme.keys.from === "any-key") &&
    !settings.secrets.some((secret) => secret !== "")
  )
    return noSecret(scheme.id);
  if (scheme.audience?.required && expectedAudience(scheme, settings) === undefined)
    return rejected(
      scheme.id,
      "setting-missing",
      "The token's audience is checked: enter the audience, or the endpoint's public URL.",
      [],
      "secret",
    );
  for (const { claim, option, required } of scheme.claims ?? []) {
    if (required && option !== undefined && !settings.options?.[option])
      return rejected(scheme.id, "setting-missing", `The token's ${claim} is checked: enter ${option}.`, [], "secret");
  }
  return null;
}

type TokenReading =
  | { readonly kind: "found"; readonly text: string }
  | { readonly kind: "rejected"; readonly reason: RejectReason; readonly message: string };

function readToken(scheme: JwtScheme, request: WebhookRequest, settings: VerificationSettings): TokenReading {
  const name = (
    (scheme.headerOption ? settings.options?.[scheme.headerOption] : undefined) || scheme.header
  ).toLowerCase();
  const reading = readHeader(request.headers, name);
  if (reading.kind === "repeated")
    return {
      kind: "rejected",
      reason: "credential-repeated",
      message: `The header ${name} was sent more than once, so none of its values counts.`,
    };
  if (reading.kind === "missing" || reading.value === "")
    return { kind: "rejected", reason: "credential-missing", message: `The header ${name} is missing.` };
  const bearer = /^bearer (.*)$/is.exec(reading.value);
  if (scheme.bearer === "required" && !bearer)
    return { kind: "rejected", reason: "credential-malformed", message: `The header ${name} is not "Bearer …".` };
  const text = scheme.bearer !== "none" && bearer ? (bearer[1] ?? "") : reading.value;
  const parts = text.split(".");
  const canonical =
    text.length <= TOKEN_CHARACTERS_MAX &&
    parts.length === 3 &&
    parts.every((part) => part !== "" && Buffer.from(part, "base64url").toString("base64url") === part);
  return canonical
    ? { kind: "found", text }
    : { kind: "rejected", reason: "token-malformed", message: "The token is not a signed JWT in compact form." };
}

type Outcome =
  | { readonly kind: "ok"; readonly payload: JWTPayload }
  | { readonly kind: "failed"; readonly reason: RejectReason; readonly message: string };

async function verifyWith(
  candidate: Candidate,
  scheme: JwtScheme,
  token: string,
  settings: VerificationSettings,
  now: Date,
): Promise<Outcome> {
  const audience = expectedAudience(scheme, settings);
  const issuer = expectedIssuers(scheme, settings);
  // jose adds the clock tolerance to the oldest age as well; the sender's limit is meant exactly.
  const options: JWTVerifyOptions = {
    algorithms: [...candidate.algorithms],
    currentDate: now,
    clockTolerance: scheme.clockSkewSeconds,
    ...(issuer.length > 0 ? { issuer } : {}),
    ...(audience === undefined || !scheme.audience?.required ? {} : { audience }),
    ...(scheme.maxAgeSeconds === undefined
      ? {}
      : { maxTokenAge: Math.max(0, (settings.toleranceSeconds ?? scheme.maxAgeSeconds) - scheme.clockSkewSeconds) }),
    ...(scheme.expiryRequired ? { requiredClaims: ["exp"] } : {}),
  };
  try {
    const { payload } =
      typeof candidate.key === "function"
        ? await jwtVerify(token, candidate.key, options)
        : await jwtVerify(token, candidate.key, options);
    return { kind: "ok", payload };
  } catch (error) {
    return { kind: "failed", ...explainJoseError(error) };
  }
}

function explainJoseError(error: unknown): { reason: RejectReason; message: string } {
  if (error instanceof errors.JWTExpired)
    return { reason: "token-expired", message: `The token has expired (${error.claim}).` };
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === "nbf" || error.claim === "iat"
      ? { reason: "token-not-yet-valid", message: `The token is not valid yet (${error.claim}).` }
      : { reason: "token-claim", message: `The token's ${error.claim} is not the expected one.` };
  if (error instanceof errors.JOSEAlgNotAllowed)
    return { reason: "token-algorithm", message: "The token is signed with an algorithm this sender never uses." };
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return { reason: "signature-mismatch", message: "The token's signature does not match the configured key." };
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return { reason: "signature-mismatch", message: "The token names a key the sender does not publish." };
  if (error instanceof errors.JOSEError) return { reason: "token-malformed", message: "The token cannot be read." };
  // A key of another kind than the algorithm needs (for example HS256 against a public key).
  if (error instanceof TypeError)
    return { reason: "token-algorithm", message: "The token's algorithm does not fit the configured key." };
  // A key set whose keys are no keys: Web Crypto says so only when one is used.
  if (error instanceof DOMException)
    return { reason: "secret-unusable", message: "The key that the token names cannot be read." };
  throw error;
}

function wrongClaim(scheme: JwtScheme, payload: JWTPayload, settings: VerificationSettings): string | null {
  for (const { claim, equals, option } of scheme.claims ?? []) {
    const expected = equals ?? (option === undefined ? undefined : settings.options?.[option]);
    if (expected === undefined || expected === "") continue;
    const actual = payload[claim];
    const same =
      typeof expected === "boolean" ? actual === expected : typeof actual === "string" && sameText(actual, expected);
    if (!same) return `The token's ${claim} is not the expected one.`;
  }
  return null;
}

function expectedAudience(scheme: JwtScheme, settings: VerificationSettings): string | undefined {
  const fromOption = scheme.audience?.option === undefined ? undefined : settings.options?.[scheme.audience.option];
  return fromOption || (scheme.audience?.publicUrl ? settings.publicUrl || undefined : undefined);
}

function expectedIssuers(scheme: JwtScheme, settings: VerificationSettings): string[] {
  const own = scheme.issuerOption === undefined ? undefined : settings.options?.[scheme.issuerOption];
  return own ? [own] : (scheme.issuers ?? []).map((issuer) => fillOptions(issuer, settings));
}
