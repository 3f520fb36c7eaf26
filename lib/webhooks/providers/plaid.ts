import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Plaid: an ES256 token whose claim holds the hash of the body. */
export const provider = defineProvider({
  id: "plaid",
  name: "Plaid",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "jwt",
      id: "plaid",
      label: "Plaid-Verification (JWT)",
      header: "plaid-verification",
      bearer: "none",
      algorithms: ["ES256"],
      keys: {
        from: "any-key",
        postForKey: { url: "https://{environment}.plaid.com/webhook_verification_key/get", clientIdOption: "clientId" },
      },
      bodyHashClaim: "request_body_sha256",
      maxAgeSeconds: 300,
      clockSkewSeconds: 5,
    },
  ],
  optionFields: [
    { id: "clientId", label: "Client id", help: "Dashboard → Developers → Keys.", kind: "text", required: true },
    {
      id: "environment",
      label: "Environment",
      help: "Which of Plaid's environments sends.",
      kind: "select",
      choices: ["production", "sandbox"],
      defaultValue: "production",
      required: true,
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "webhook_type", required: true },
        { from: "body", path: "webhook_code" },
      ],
      separator: ".",
    },
  ],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "Plaid sends the same content whenever an item has news, so a repeat looks like the next news.",
      fields: [
        { from: "body", path: "webhook_type" },
        { from: "body", path: "webhook_code" },
        { from: "body", path: "item_id" },
      ],
    },
  },
  reply: { status: 200, headers: [], body: "", why: "Plaid counts 200 as delivered." },
  recognition: [
    { header: "plaid-verification", weight: 6 },
    { body: "webhook_code", weight: 3 },
    { body: "webhook_type", weight: 3 },
  ],
  help: {
    pasteUrl: "The field webhook of /link/token/create, or /item/webhook/update.",
    secretWhere:
      "Dashboard → Developers → Keys: the secret of your environment (used to fetch the signing key), with " +
      "your client id.",
    secretLooksLike: "30 hexadecimal characters.",
    pitfalls: ["The body is pretty-printed: its hash is sensitive to every space.", "There is no delivery id."],
    docsUrl: "https://plaid.com/docs/api/webhooks/webhook-verification/",
    eventsWorthTicking: ["TRANSACTIONS.SYNC_UPDATES_AVAILABLE", "ITEM.ERROR", "AUTH.AUTOMATICALLY_VERIFIED"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "200 within 10 seconds.",
    retries:
      "Up to 24 hours, after 30 seconds and then four times as long each time; stops when over 90 % are refused.",
    rotation: "Plaid names the key in every token and changes it automatically.",
  },
  addresses: {
    ranges: ["52.21.26.131", "52.21.47.157", "52.41.247.19", "52.88.82.239"],
    url: null,
    note: "Listed in Plaid's documentation.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"webhook_type":"TRANSACTIONS","webhook_code":"SYNC_UPDATES_AVAILABLE",' +
      '"item_id":"wz666MBjYWTp2PDzzggYhM6oWWmBb","initial_update_complete":true,' +
      '"historical_update_complete":false,"environment":"production"}',
    eventType: "TRANSACTIONS.SYNC_UPDATES_AVAILABLE",
  },
});
