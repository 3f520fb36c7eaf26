import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { POLAR_HMAC } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** Polar: Standard Webhooks whose key is the whole secret text. */
export const provider = defineProvider({
  id: "polar",
  name: "Polar",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [{ ...POLAR_HMAC, id: "polar", label: "Standard Webhooks, plain-text key", aliases: [] }],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "header", name: "webhook-id" }], fallback: null },
  recognition: [
    { header: "webhook-id", weight: 2 },
    { header: "user-agent", value: /[Pp]olar/, weight: 5 },
    { body: "type", value: /^(checkout|order|subscription|benefit|customer|product)\./, weight: 2 },
  ],
  help: {
    pasteUrl: "Settings → Webhooks → Add Endpoint → URL.",
    secretWhere: "The same form: Secret; you choose it or Polar makes one.",
    secretLooksLike: "polar_whs_ followed by letters and digits, used as it is.",
    pitfalls: ["The secret is not base64 here."],
    docsUrl: "https://polar.sh/docs/integrate/webhooks/endpoints",
    eventsWorthTicking: ["order.paid", "subscription.active", "customer.created"],
    forwarder: {
      tool: "Polar CLI",
      command: "polar listen {url}",
      note: "It prints a secret of its own: add that one here.",
      docsUrl: "https://polar.sh/docs/integrate/webhooks/locally",
    },
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx in 15 seconds.",
    retries: "Up to 10 times with growing pauses.",
    rotation: "The signature header is a list: during a rotation it carries one signature per secret.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
      ["User-Agent", "polar.sh webhooks"],
    ],
    body:
      '{"type":"order.paid","timestamp":"2026-01-01T00:00:00Z",' +
      '"data":{"id":"057bd9a5-0d4c-4c1e-8f0a-9b8c7d6e5f4a","status":"paid","total_amount":1000,"currency":"usd",' +
      '"customer":{"id":"992fae2a-2a17-4b7a-8d9e-e287cf90131b","email":"ada@example.com"},' +
      '"product_id":"b2c3d4e5-0000-4000-8000-000000000000"}}',
    eventType: "order.paid",
  },
});
