import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Paddle Billing: timestamped HMAC with ; between items, several signatures while a secret rolls. */
export const provider = defineProvider({
  id: "paddle",
  name: "Paddle Billing",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "paddle",
      label: "Paddle-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "paddle-signature", itemSeparator: ";", fieldSeparator: "=", field: "h1" },
      timestamp: { field: "ts", toleranceSeconds: 5 },
      template: "{timestamp}:{body}",
    },
  ],
  eventType: [{ from: "body", path: "event_type" }],
  dedupe: { sources: [{ from: "body", path: "event_id" }], fallback: null },
  reply: { status: 200, headers: [], body: "", why: "Paddle counts 200 as delivered." },
  recognition: [
    { header: "paddle-signature", weight: 6 },
    { body: "notification_id", value: /^ntf_/, weight: 3 },
    { body: "event_id", value: /^evt_/, weight: 2 },
  ],
  help: {
    pasteUrl: "Developer tools → Notifications → New destination → URL.",
    secretWhere: "The destination's page: Secret key.",
    secretLooksLike: "pdl_ntfset_ followed by letters and digits.",
    pitfalls: [
      "Paddle's own tolerance is 5 seconds: widen it when your clock drifts.",
      "Paddle Classic signs differently.",
    ],
    docsUrl: "https://developer.paddle.com/webhooks/signature-verification",
    eventsWorthTicking: ["transaction.completed", "subscription.created", "subscription.canceled", "customer.created"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "200 within 5 seconds.",
    retries: "Live: 60 tries over 3 days, 20 of them in the first hour. Sandbox: 3 in 15 minutes.",
    rotation: "While a secret rolls, Paddle sends one h1 signature per secret.",
  },
  addresses: {
    ranges: [],
    url: "https://developer.paddle.com/webhooks/respond-to-webhooks#allow-paddle-ips",
    note: "Paddle publishes live and sandbox addresses.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event_id":"evt_01h8bzakzx3hm2fmen703n5q45","event_type":"transaction.completed",' +
      '"occurred_at":"2026-01-01T00:00:00.000000Z","notification_id":"ntf_01h8bzam1z32agrxjwhjgqk8w6",' +
      '"data":{"id":"txn_01hv8wptq8987qeep44cyrewp9","status":"completed",' +
      '"customer_id":"ctm_01hv6y1jedq4p1n0yqn5ba3ky4","currency_code":"USD"}}',
    eventType: "transaction.completed",
  },
});
