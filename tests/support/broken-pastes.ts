import {
  type BrokenSetup,
  github,
  JSON_BODY,
  JSON_TYPE,
  mac,
  SECONDS,
  SECRET,
  stripe,
  URL_HERE,
} from "#tests/support/broken-setup.ts";

const squareSigned = (url: string): BrokenSetup["headers"] => [
  JSON_TYPE,
  ["x-square-hmacsha256-signature", mac(url + JSON_BODY, SECRET, "sha256", "base64")],
];
const ISO = "2026-01-01T00:00:00Z";

/** Secrets pasted with too much or too little, and URLs and bodies that gateways rewrite. */
export const BROKEN_PASTES: readonly BrokenSetup[] = [
  {
    what: "a whole line of an .env file pasted",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    settings: { secrets: [`export GITHUB_SECRET="${SECRET}"`] },
    finds: "secret-name",
  },
  {
    what: "a space inside the secret",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    settings: { secrets: [`${SECRET.slice(0, 9)} ${SECRET.slice(9)}`] },
    finds: "secret-whitespace",
  },
  {
    what: "whsec_ left out where it belongs to the key",
    provider: "stripe",
    headers: [JSON_TYPE, ["Stripe-Signature", `t=${SECONDS},v1=${mac(`${SECONDS}.${JSON_BODY}`, `whsec_${SECRET}`)}`]],
    finds: "secret-prefix",
  },
  {
    what: "whsec_ pasted twice",
    provider: "svix",
    headers: [
      JSON_TYPE,
      ["svix-id", "m"],
      ["svix-timestamp", SECONDS],
      ["svix-signature", `v1,${mac(`m.${SECONDS}.${JSON_BODY}`, Buffer.from("012345678901"), "sha256", "base64")}`],
    ],
    settings: { secrets: ["whsec_whsec_MDEyMzQ1Njc4OTAx"] },
    finds: "secret-prefix",
  },
  {
    what: "secret in capital letters",
    provider: "stripe",
    headers: stripe(`${SECONDS}.${JSON_BODY}`),
    settings: { secrets: [SECRET.toUpperCase()] },
    finds: "secret-case",
  },
  {
    what: "Zendesk's test button",
    provider: "zendesk",
    headers: [
      JSON_TYPE,
      ["X-Zendesk-Webhook-Signature-Timestamp", ISO],
      [
        "X-Zendesk-Webhook-Signature",
        mac(ISO + JSON_BODY, "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==", "sha256", "base64"),
      ],
    ],
    finds: "public-secret",
  },
  {
    what: "a prefix written twice",
    provider: "github",
    headers: github(`sha256=sha256=${mac(JSON_BODY)}`),
    finds: "signature-prefix",
  },
  {
    what: "hexadecimal with 0x in front",
    provider: "github",
    headers: github(`sha256=0x${mac(JSON_BODY)}`),
    finds: "signature-prefix",
  },
  {
    what: "the standard port written in the URL",
    provider: "square",
    headers: squareSigned(URL_HERE.replace(".com/", ".com:443/")),
    finds: "url",
  },
  {
    what: "query parameters in another order",
    provider: "square",
    headers: squareSigned(`${URL_HERE}?a=1&b=2`),
    url: `${URL_HERE}?b=2&a=1`,
    settings: { publicUrl: `${URL_HERE}?b=2&a=1` },
    finds: "url",
  },
  {
    what: "a byte order mark lost on the way",
    provider: "github",
    headers: github(`sha256=${mac(`\uFEFF${JSON_BODY}`)}`),
    finds: "body-decoded",
  },
  {
    what: "a gateway that wraps the body in base64",
    provider: "github",
    headers: github(`sha256=${mac(JSON_BODY)}`),
    body: Buffer.from(JSON_BODY).toString("base64"),
    finds: "body-decoded",
  },
];
