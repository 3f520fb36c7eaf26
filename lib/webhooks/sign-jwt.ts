import { createHash, createPrivateKey } from "node:crypto";
import { SignJWT } from "jose";
import { withHeader } from "#lib/webhooks/edit-request.ts";
import type { JwtScheme } from "#lib/webhooks/scheme-types.ts";
import type { SignedDelivery, SigningKeys } from "#lib/webhooks/sign-delivery.ts";
import type { VerificationSettings, WebhookRequest } from "#lib/webhooks/types.ts";

const LIFETIME_SECONDS = 300;

/** Puts the token a sender of this scheme would make into its header. */
export async function signJwt(
  scheme: JwtScheme,
  request: WebhookRequest,
  keys: SigningKeys,
  settings: VerificationSettings,
  now: Date,
): Promise<SignedDelivery> {
  const symmetric = scheme.algorithms.find((name) => name.startsWith("HS"));
  const key =
    keys.privateKey !== undefined
      ? createPrivateKey(keys.privateKey)
      : symmetric === undefined
        ? null
        : Buffer.from(keys.secret, "utf8");
  if (key === null)
    return {
      kind: "cannot-sign",
      message: "Only the sender holds the private key: a genuine token cannot be made here.",
    };
  const algorithm =
    keys.privateKey === undefined
      ? (symmetric ?? "HS256")
      : (scheme.algorithms.find((name) =>
          name.startsWith(createPrivateKey(keys.privateKey ?? "").asymmetricKeyType === "ec" ? "ES" : "RS"),
        ) ?? "RS256");
  const issuedAt = Math.floor(now.getTime() / 1000);
  const claims: Record<string, unknown> = {};
  for (const { claim, equals, option } of scheme.claims ?? [])
    claims[claim] = equals ?? (option === undefined ? undefined : settings.options?.[option]);
  const hashClaim =
    scheme.bodyHashClaim ??
    (scheme.bodyHashClaimOption === undefined ? undefined : settings.options?.[scheme.bodyHashClaimOption]);
  if (hashClaim) claims[hashClaim] = createHash("sha256").update(request.body).digest("hex");
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, ...(keys.keyId === undefined ? {} : { kid: keys.keyId }) })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS);
  const issuer =
    (scheme.issuerOption && settings.options?.[scheme.issuerOption]) ||
    scheme.issuers?.[0]?.replace(/\{(\w+)\}/g, (_, option: string) => settings.options?.[option] ?? "");
  if (issuer) token.setIssuer(issuer);
  const audience =
    (scheme.audience?.option && settings.options?.[scheme.audience.option]) ||
    (scheme.audience?.publicUrl ? settings.publicUrl : undefined);
  if (audience) token.setAudience(audience);
  const header = (scheme.headerOption && settings.options?.[scheme.headerOption]) || scheme.header;
  const text = await token.sign(key);
  return {
    kind: "signed",
    request: withHeader(request, header, scheme.bearer === "required" ? `Bearer ${text}` : text),
  };
}
