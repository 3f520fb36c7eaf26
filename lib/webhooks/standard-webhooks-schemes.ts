import type { AsymmetricScheme, ChoiceScheme, HmacScheme, Scheme } from "#lib/webhooks/scheme-types.ts";

const TOLERANCE_SECONDS = 300;

/** Standard Webhooks 1.0 with HMAC ("v1"): headers webhook-id, webhook-timestamp, webhook-signature. */
export const STANDARD_HMAC: HmacScheme = hmac("standard", "Standard Webhooks", "webhook", [
  "standard-webhooks",
  "dodo",
  "loops",
]);

/** The same scheme with Svix's own header names. */
export const SVIX_HMAC: HmacScheme = hmac("svix", "Svix headers", "svix", []);

/** Polar signs like Standard Webhooks, but the whole secret text is the key. */
export const POLAR_HMAC: HmacScheme = {
  ...STANDARD_HMAC,
  id: "polar",
  label: "Standard Webhooks, plain-text key (Polar)",
  aliases: [],
  key: { decode: "utf8" },
};

/** Standard Webhooks with Ed25519 ("v1a"): the secret is the public key, `whpk_…`. */
export const STANDARD_ED25519: AsymmetricScheme = ed25519("ed25519", "Standard Webhooks, public key (v1a)", "webhook");

/** The public-key scheme under Svix's header names. */
export const SVIX_ED25519: AsymmetricScheme = ed25519("svix-ed25519", "Svix headers, public key (v1a)", "svix");

/** Picks by the secret's prefix, then by which header names the request uses; both names carry the same proof. */
export const STANDARD_AUTO: ChoiceScheme = {
  kind: "choice",
  id: "auto",
  label: "Standard Webhooks (headers found by themselves)",
  rules: [
    { secretPrefix: "whpk_", header: "svix-id", use: "svix-ed25519" },
    { secretPrefix: "whpk_", use: "ed25519" },
    { secretPrefix: "polar_whs_", use: "polar" },
    { header: "svix-id", use: "svix" },
  ],
  otherwise: "standard",
};

/** The schemes of a sender that signs through Svix under either of its header names, under the sender's own id. */
export function svixSchemes(id: string): readonly [Scheme, ...Scheme[]] {
  return [
    { kind: "choice", id, label: "Svix signature", rules: [{ header: "svix-id", use: "svix" }], otherwise: "standard" },
    { ...SVIX_HMAC, aliases: [] },
    { ...STANDARD_HMAC, aliases: [] },
  ];
}

/** Every scheme of the Standard Webhooks family; the first picks among the others. */
export const STANDARD_SCHEMES: readonly [Scheme, ...Scheme[]] = [
  STANDARD_AUTO,
  STANDARD_HMAC,
  SVIX_HMAC,
  STANDARD_ED25519,
  SVIX_ED25519,
  POLAR_HMAC,
];

function hmac(id: string, label: string, prefix: string, aliases: readonly string[]): HmacScheme {
  return {
    kind: "hmac",
    id,
    label,
    aliases,
    algorithm: "sha256",
    encoding: "base64",
    signature: { header: `${prefix}-signature`, itemSeparator: " ", fieldSeparator: ",", field: "v1" },
    timestamp: { header: `${prefix}-timestamp`, toleranceSeconds: TOLERANCE_SECONDS },
    template: `{header:${prefix}-id}.{timestamp}.{body}`,
    key: { stripPrefixes: ["v1,", "whsec_"], decode: "base64" },
  };
}

function ed25519(id: string, label: string, prefix: string): AsymmetricScheme {
  return {
    kind: "asymmetric",
    id,
    label,
    aliases: prefix === "webhook" ? ["standard-webhooks-ed25519", "standard-webhooks-v1a"] : ["svix-v1a"],
    algorithm: "ed25519",
    encoding: "base64",
    publicKey: "raw-base64",
    signature: { header: `${prefix}-signature`, itemSeparator: " ", fieldSeparator: ",", field: "v1a" },
    timestamp: { header: `${prefix}-timestamp`, toleranceSeconds: TOLERANCE_SECONDS },
    template: `{header:${prefix}-id}.{timestamp}.{body}`,
    key: { stripPrefixes: ["whpk_"] },
  };
}
