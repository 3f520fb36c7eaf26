import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** WooCommerce: base64 HMAC-SHA256 over the raw body, and an unsigned ping when the webhook is saved. */
export const provider = defineProvider({
  id: "woocommerce",
  name: "WooCommerce",
  category: "commerce",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "hmac",
      id: "woocommerce",
      label: "X-WC-Webhook-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-wc-webhook-signature" },
      template: "{body}",
      key: { htmlEntities: true },
    },
  ],
  eventType: [{ from: "header", name: "x-wc-webhook-topic" }],
  dedupe: { sources: [{ from: "header", name: "x-wc-webhook-delivery-id" }], fallback: null },
  handshakes: [
    {
      id: "ping",
      when: { methods: ["POST"], withoutHeader: "x-wc-webhook-signature", bodyTextMatches: /^webhook_id=\d{1,20}$/ },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "WooCommerce sends an unsigned ping when the webhook is saved.",
    },
  ],
  recognition: [
    { header: "x-wc-webhook-topic", weight: 6 },
    { header: "x-wc-webhook-source", weight: 4 },
    { header: "user-agent", value: /^WooCommerce\/.*Hookshot/, weight: 5 },
    { header: "x-wc-webhook-signature", weight: 6 },
  ],
  help: {
    pasteUrl: "WooCommerce → Settings → Advanced → Webhooks → Add webhook → Delivery URL.",
    secretWhere: "The field Secret of the same form.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "The sender decodes HTML entities of its secret (&amp; becomes &) before it signs, and so does Hookline.",
      "A delivery id is new for every try: there are no automatic retries, though.",
      "The webhook is switched off after five failures in a row.",
    ],
    docsUrl: "https://woocommerce.com/document/webhooks/",
    eventsWorthTicking: ["order.created", "order.updated", "customer.created", "product.updated"],
  },
  delivery: {
    ackDeadlineSeconds: 60,
    answer: "200 to 302 within 60 seconds; redirects are not followed.",
    retries: "None; switched off after more than 5 failures in a row.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-WC-Webhook-Source", "https://shop.example.com/"],
      ["X-WC-Webhook-Topic", "order.created"],
      ["X-WC-Webhook-Resource", "order"],
      ["X-WC-Webhook-Event", "created"],
      ["X-WC-Webhook-ID", "142"],
      ["X-WC-Webhook-Delivery-ID", "a8b3f2c1d4e5f60718293a4b5c6d7e8f"],
    ],
    body:
      '{"id":727,"number":"727","status":"processing","currency":"EUR","total":"29.35",' +
      '"billing":{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.com"},"line_items":[{"id":315,' +
      '"name":"Woo Single #1","quantity":2,"total":"6.00"}],"date_modified":"2026-01-01T00:00:00"}',
    eventType: "order.created",
  },
});
