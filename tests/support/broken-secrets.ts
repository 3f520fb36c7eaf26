import { createHash } from "node:crypto";
import { type BrokenSetup, github, JSON_BODY, JSON_TYPE, mac, SECONDS, SECRET } from "#tests/support/broken-setup.ts";

/** Wrong secrets, encodings, prefixes and algorithms. */
export const BROKEN_SECRETS: readonly BrokenSetup[] = [
  {
    what: "secret pasted with a line break",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    settings: { secrets: [`${SECRET}\n`] },
    finds: "secret-whitespace",
  },
  {
    what: "secret pasted in quotation marks",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    settings: { secrets: [`"${SECRET}"`] },
    finds: "secret-whitespace",
  },
  {
    what: "sender's secret ends with a line break",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, `${SECRET}\n`)}`),
    finds: "secret-whitespace",
  },
  {
    what: "secret is base64 of the key",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, Buffer.from("key bytes"))}`),
    settings: { secrets: [Buffer.from("key bytes").toString("base64")] },
    finds: "secret-encoding",
  },
  {
    what: "secret is hexadecimal",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, Buffer.from("00ff10", "hex"))}`),
    settings: { secrets: ["00ff10"] },
    finds: "secret-encoding",
  },
  {
    what: "whsec_ secret used as text",
    provider: "clerk",
    headers: [
      JSON_TYPE,
      ["svix-id", "m"],
      ["svix-timestamp", SECONDS],
      ["svix-signature", `v1,${mac(`m.${SECONDS}.${JSON_BODY}`, "whsec_MDEyMzQ1Njc4OWFi", "sha256", "base64")}`],
    ],
    settings: { secrets: ["whsec_MDEyMzQ1Njc4OWFi"] },
    finds: "secret-encoding",
  },
  {
    what: "secret with HTML entities",
    provider: "shopify",
    headers: [JSON_TYPE, ["X-Shopify-Hmac-SHA256", mac(JSON_BODY, "a&b", "sha256", "base64")]],
    settings: { secrets: ["a&amp;b"] },
    finds: "secret-entities",
  },
  {
    what: "sender has no secret",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, "")}`),
    finds: "empty-secret-at-sender",
  },
  {
    what: "test secret instead of the live one",
    provider: "stripe",
    headers: [JSON_TYPE, ["Stripe-Signature", `t=${SECONDS},v1=${mac(`${SECONDS}.${JSON_BODY}`, "whsec_test")}`]],
    hints: {
      otherSecrets: [
        { label: "the retired one", secret: "x" },
        { label: "endpoint Test mode", secret: "whsec_test" },
      ],
    },
    finds: "other-secret",
  },
  {
    what: "base64 instead of hex",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, SECRET, "sha256", "base64")}`),
    finds: "signature-encoding",
  },
  {
    what: "hex instead of base64",
    provider: "shopify",
    headers: [JSON_TYPE, ["X-Shopify-Hmac-SHA256", mac(JSON_BODY)]],
    finds: "signature-encoding",
  },
  {
    what: "base64url instead of base64",
    provider: "shopify",
    headers: [JSON_TYPE, ["X-Shopify-Hmac-SHA256", mac(JSON_BODY, SECRET, "sha256", "base64url")]],
    finds: "signature-encoding",
  },
  {
    what: "hex in capital letters",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY).toUpperCase()}`),
    finds: "signature-case",
  },
  { what: "prefix missing", provider: "github", headers: github(mac(JSON_BODY)), finds: "signature-prefix" },
  { what: "foreign prefix", provider: "github", headers: github(`v1=${mac(JSON_BODY)}`), finds: "signature-prefix" },
  {
    what: "prefix where none belongs",
    provider: "linear",
    headers: [JSON_TYPE, ["Linear-Signature", `sha256=${mac('{"webhookTimestamp":1767225600000}')}`]],
    body: '{"webhookTimestamp":1767225600000}',
    finds: "signature-prefix",
  },
  {
    what: "signature cut off",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY).slice(0, 40)}`),
    finds: "signature-truncated",
  },
  {
    what: "SHA-1 instead of SHA-256",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY, SECRET, "sha1")}`),
    finds: "algorithm",
  },
  {
    what: "SHA-256 where Vercel uses SHA-1",
    provider: "vercel",
    headers: [JSON_TYPE, ["x-vercel-signature", mac(JSON_BODY)]],
    finds: "algorithm",
  },
  {
    what: "SHA-512",
    provider: "segment",
    headers: [JSON_TYPE, ["X-Signature", mac(JSON_BODY, SECRET, "sha512")]],
    finds: "algorithm",
  },
  {
    what: "plain hash of the body",
    provider: "github",
    headers: github(`sha256=${createHash("sha256").update(JSON_BODY).digest("hex")}`),
    finds: "no-key",
  },
  {
    what: "plain hash of secret and body",
    provider: "github",
    headers: github(
      `sha256=${createHash("sha256")
        .update(SECRET + JSON_BODY)
        .digest("hex")}`,
    ),
    finds: "no-key",
  },
];
