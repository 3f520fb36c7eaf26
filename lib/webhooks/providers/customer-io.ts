import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Customer.io reporting webhooks: Slack's signed text with the bare hex in the header. */
export const provider = defineProvider({
  id: "customer-io",
  name: "Customer.io",
  category: "mail",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "customer-io",
      label: "X-CIO-Signature",
      aliases: ["customer.io"],
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-cio-signature" },
      timestamp: { header: "x-cio-timestamp", toleranceSeconds: 300 },
      template: "v0:{timestamp}:{body}",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "object_type", required: true },
        { from: "body", path: "metric" },
      ],
      separator: "_",
    },
  ],
  dedupe: { sources: [{ from: "body", path: "event_id" }], fallback: null },
  recognition: [
    { header: "x-cio-signature", weight: 6 },
    { header: "x-cio-timestamp", weight: 4 },
    { body: "metric", weight: 2 },
    { body: "object_type", weight: 2 },
    { body: "data.delivery_id", weight: 2 },
  ],
  help: {
    pasteUrl: "Data & Integrations → Integrations → Reporting Webhooks → Endpoint.",
    secretWhere: "The webhook's page: Signing key.",
    secretLooksLike: "64 hexadecimal characters.",
    pitfalls: ["The answer is due within 4 seconds."],
    docsUrl: "https://docs.customer.io/journeys/webhooks/",
    eventsWorthTicking: ["email_delivered", "email_opened", "email_bounced", "customer_subscribed"],
  },
  delivery: {
    ackDeadlineSeconds: 4,
    answer: "Any 2xx within 4 seconds.",
    retries: "With growing pauses for about 7 days.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: [],
    url: "https://docs.customer.io/journeys/webhooks/",
    note: "Published in Customer.io's documentation.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event_id":"01E4C4CT6YDC7Y5M7FE1GWWPQJ","object_type":"email","metric":"delivered",' +
      '"timestamp":1767225600,"data":{"customer_id":"0200102","delivery_id":"RPILAgUBcRhIBqSfeiIwdIYJKxTY",' +
      '"campaign_id":9,"subject":"Thanks for signing up","recipient":"ada@example.com"}}',
    eventType: "email_delivered",
  },
});
