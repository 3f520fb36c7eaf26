import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Coinbase Commerce: HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "coinbase-commerce",
  name: "Coinbase Commerce",
  category: "payments",
  confidence: { signing: "verified", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "coinbase-commerce",
      label: "X-CC-Webhook-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-cc-webhook-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "event.type" }],
  dedupe: { sources: [{ from: "body", path: "event.id" }], fallback: null },
  reply: { status: 200, headers: [], body: "", why: "Coinbase Commerce counts 200 as delivered." },
  recognition: [
    { header: "x-cc-webhook-signature", weight: 6 },
    { body: "scheduled_for", weight: 3 },
    { body: "event.type", value: /^charge:/, weight: 2 },
  ],
  help: {
    pasteUrl: "Settings → Notifications → Webhook subscriptions → Add an endpoint.",
    secretWhere: "The same page: Show shared secret.",
    secretLooksLike: "A UUID.",
    pitfalls: ["The outer id names the delivery, event.id the event.", "Coinbase Business (CDP) signs differently."],
    docsUrl: "https://docs.cdp.coinbase.com/commerce/docs/webhooks-security",
    eventsWorthTicking: ["charge:confirmed", "charge:failed", "charge:pending"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Exactly 200.",
    retries: "Hourly for up to 3 days.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"attempt_number":1,"event":{"api_version":"2018-03-22","created_at":"2026-01-01T00:00:00Z",' +
      '"data":{"code":"66BEOV2A","name":"The Sovereign Individual","pricing_type":"fixed_price"},' +
      '"id":"24934862-d980-46cb-9402-43c81b0cdba6","resource":"event","type":"charge:confirmed"},"id":1,' +
      '"scheduled_for":"2026-01-01T00:00:00Z"}',
    eventType: "charge:confirmed",
  },
});
