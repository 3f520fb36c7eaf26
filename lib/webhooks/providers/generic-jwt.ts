import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { GENERIC_SENDER } from "#lib/webhooks/generic-sender.ts";

/** Any sender that puts a JWT into a header. */
export const provider = defineProvider({
  ...GENERIC_SENDER,
  id: "generic-jwt",
  name: "JWT (any sender)",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "jwt",
      id: "jwt",
      label: "JWT in a header",
      aliases: ["generic-jwt"],
      header: "authorization",
      headerOption: "headerName",
      bearer: "optional",
      algorithms: [
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "EdDSA",
      ],
      keys: { from: "any-key" },
      issuerOption: "issuer",
      audience: { option: "audience", required: false },
      bodyHashClaimOption: "bodyHashClaim",
      expiryRequired: false,
      clockSkewSeconds: 60,
    },
  ],
  optionFields: [
    {
      id: "headerName",
      label: "Header name",
      help: "The header that carries the token.",
      kind: "text",
      defaultValue: "Authorization",
      required: false,
    },
    { id: "issuer", label: "Issuer", help: "Expected iss claim.", kind: "text", required: false },
    { id: "audience", label: "Audience", help: "Expected aud claim.", kind: "text", required: false },
    {
      id: "bodyHashClaim",
      label: "Body hash claim",
      help: "A claim that holds the SHA-256 of the body in hexadecimal.",
      kind: "text",
      required: false,
    },
  ],
  help: {
    pasteUrl: "Wherever the sender asks for a webhook URL.",
    secretWhere: "In the sender's settings: an HMAC secret, a public key, or the address of its key set.",
    secretLooksLike: "Any text, a PEM public key, a JWK, or https://…/jwks.json.",
    pitfalls: [
      "Only algorithms that fit the key are accepted.",
      "A JWT proves the body only when a claim holds the body's hash: name that claim.",
    ],
    docsUrl: "https://www.rfc-editor.org/rfc/rfc7519",
    eventsWorthTicking: [],
  },
  delivery: {
    ...GENERIC_SENDER.delivery,
    rotation: "The sender publishes new keys automatically; nothing to do here.",
  },
});
