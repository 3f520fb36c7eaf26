import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Sanity: timestamped HMAC in milliseconds, base64url. */
export const provider = defineProvider({
  id: "sanity",
  name: "Sanity",
  category: "media",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "sanity",
      label: "sanity-webhook-signature",
      algorithm: "sha256",
      encoding: "base64url",
      signature: {
        header: "sanity-webhook-signature",
        itemSeparator: ",",
        fieldSeparator: "=",
        field: "v1",
        trimItems: true,
      },
      timestamp: { field: "t", unit: "ms", toleranceSeconds: 300 },
      template: "{timestamp}.{body}",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "_type" },
        { from: "header", name: "sanity-operation", required: true },
      ],
      separator: ".",
    },
  ],
  dedupe: { sources: [{ from: "header", name: "idempotency-key" }], fallback: null },
  recognition: [
    { header: "sanity-webhook-signature", weight: 6 },
    { header: "sanity-operation", weight: 4 },
    { header: "sanity-project-id", weight: 4 },
    { header: "sanity-transaction-id", weight: 3 },
  ],
  help: {
    pasteUrl: "sanity.io/manage → your project → API → Webhooks → Create webhook → URL.",
    secretWhere: "The same form: Secret; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["The signature is base64url without padding.", "The projection decides what the body holds."],
    docsUrl: "https://www.sanity.io/docs/webhooks",
    eventsWorthTicking: ["create", "update", "delete"],
  },
  delivery: {
    ackDeadlineSeconds: 30,
    answer: "Any 2xx within 30 seconds.",
    retries: "For 30 minutes after a 429 or 5xx.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["sanity-operation", "create"],
      ["sanity-project-id", "3do82whm"],
      ["sanity-dataset", "production"],
      ["idempotency-key", "b3a1c5d7e9f1a3b5"],
    ],
    body:
      '{"_id":"drafts.5f1c2d3e-0000-4000-8000-000000000000","_type":"post","title":"Hello",' +
      '"slug":{"current":"hello"}}',
    eventType: "post.create",
  },
});
