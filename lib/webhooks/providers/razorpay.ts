import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Razorpay: HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "razorpay",
  name: "Razorpay",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "razorpay",
      label: "X-Razorpay-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-razorpay-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "event" }],
  dedupe: { sources: [{ from: "header", name: "x-razorpay-event-id" }], fallback: null },
  recognition: [
    { header: "x-razorpay-signature", weight: 6 },
    { header: "x-razorpay-event-id", weight: 4 },
    { body: "account_id", value: /^acc_/, weight: 2 },
    { body: "contains", weight: 2 },
    { body: "entity", value: /^event$/, weight: 2 },
  ],
  help: {
    pasteUrl: "Account & Settings → Webhooks → Add New Webhook → Webhook URL.",
    secretWhere: "The same form: Secret; you choose it. It is not the API secret.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["After a change of the secret, retries of older events are still signed with the old one."],
    docsUrl: "https://razorpay.com/docs/webhooks/validate-test/",
    eventsWorthTicking: ["payment.captured", "payment.failed", "order.paid", "subscription.charged"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "Any 2xx within 5 seconds.",
    retries: "With growing pauses for 24 hours, then switched off.",
    rotation: "After a change, retries of older events are still signed with the old secret: keep both.",
  },
  addresses: {
    ranges: [],
    url: "https://razorpay.com/docs/whitelists/",
    note: "Razorpay publishes the addresses its webhooks come from.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Razorpay-Event-Id", "DESlLckIVRkHWj"],
    ],
    body:
      '{"entity":"event","account_id":"acc_BFQ7uQEaa7j2z7","event":"payment.captured","contains":["payment"],' +
      '"payload":{"payment":{"entity":{"id":"pay_DESlfW9H8K9uqM","entity":"payment","amount":100,' +
      '"currency":"INR","status":"captured","email":"ada@example.com"}}},"created_at":1767225600}',
    eventType: "payment.captured",
  },
});
