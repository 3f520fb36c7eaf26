import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Square: base64 HMAC over the notification URL and the raw body. */
export const provider = defineProvider({
  id: "square",
  name: "Square",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "square",
      label: "x-square-hmacsha256-signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-square-hmacsha256-signature" },
      template: "{url}{body}",
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "body", path: "event_id" }], fallback: null },
  recognition: [
    { header: "x-square-hmacsha256-signature", weight: 6 },
    { header: "square-environment", weight: 3 },
    { header: "square-retry-number", weight: 3 },
    { body: "merchant_id", weight: 2 },
    { body: "event_id", value: /^[0-9a-f]{8}-/, weight: 1 },
    { body: "data.object", weight: 1 },
    { body: "data.type", weight: 1 },
  ],
  help: {
    pasteUrl: "Developer Console → your app → Webhooks → Subscriptions → Add subscription → Notification URL.",
    secretWhere: "The subscription's page: Signature key.",
    secretLooksLike: "Letters, digits, - and _.",
    pitfalls: ["The URL must be exactly the one entered at Square."],
    docsUrl: "https://developer.squareup.com/docs/webhooks/step3validate",
    eventsWorthTicking: ["payment.created", "payment.updated", "order.created", "customer.created"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within 10 seconds.",
    retries: "Up to 11 over 24 hours, counted in square-retry-number; switched off after long failure.",
    rotation: "The key is rotated by API: configure both here before.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"merchant_id":"6SSW7HV8K2ST5","type":"payment.created","event_id":"6a8f5f28-54a1-4eb0-a98a-3111513fd4fc",' +
      '"created_at":"2026-01-01T00:00:00.000Z","data":{"type":"payment","id":"hYy9pRFVxpDsO1FB05SunFWUe9JZY",' +
      '"object":{"payment":{"id":"hYy9pRFVxpDsO1FB05SunFWUe9JZY","amount_money":{"amount":100,"currency":"USD"},' +
      '"status":"APPROVED"}}}}',
    eventType: "payment.created",
  },
});
