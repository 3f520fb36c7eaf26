import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Shopify: base64 HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "shopify",
  name: "Shopify",
  category: "commerce",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "shopify",
      label: "X-Shopify-Hmac-SHA256",
      algorithm: "sha256",
      encoding: "base64",
      // The newer Events API sends the same MAC under names without "x-".
      signature: { header: "x-shopify-hmac-sha256", moreHeaders: ["shopify-hmac-sha256"] },
      template: "{body}",
    },
  ],
  eventType: [
    { from: "header", name: "x-shopify-topic" },
    { from: "header", name: "shopify-topic" },
  ],
  dedupe: {
    sources: [
      { from: "header", name: "x-shopify-webhook-id" },
      { from: "header", name: "shopify-webhook-id" },
    ],
    fallback: null,
  },
  reply: { status: 200, headers: [], body: "", why: "Shopify counts only 200 as delivered." },
  recognition: [
    { header: "x-shopify-topic", weight: 6 },
    { header: "x-shopify-shop-domain", weight: 4 },
    { header: "x-shopify-hmac-sha256", weight: 6 },
    { header: "shopify-topic", weight: 4 },
    { header: "shopify-hmac-sha256", weight: 6 },
  ],
  help: {
    pasteUrl: "Settings → Notifications → Webhooks → Create webhook, or your app's webhook subscriptions.",
    secretWhere:
      "Store webhooks: shown below the list (“Your webhooks will be signed with …”). Apps: the client secret " +
      "in the Partner or Dev dashboard.",
    secretLooksLike: "Hexadecimal text, used as it is.",
    pitfalls: [
      "Order ids exceed 2^53: map them from the exact text.",
      "Test notifications from the admin are signed with another key.",
      "X-Shopify-Event-Id names the event, X-Shopify-Webhook-Id the delivery.",
    ],
    docsUrl: "https://shopify.dev/docs/apps/build/webhooks",
    eventsWorthTicking: [
      "orders/create",
      "orders/paid",
      "orders/fulfilled",
      "customers/create",
      "products/update",
      "app/uninstalled",
    ],
    forwarder: {
      tool: "Shopify CLI",
      command:
        "shopify app webhook trigger --topic=orders/create --delivery-method=http --address={url} " +
        "--client-secret=SECRET",
      note:
        "Sends one sample; it asks for what is missing. SECRET is the app's client secret, stored here as the " +
        "signing secret.",
      docsUrl: "https://shopify.dev/docs/api/shopify-cli/app/app-webhook-trigger",
    },
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "200 within 5 seconds, connected within 1.",
    retries: "8 tries over 4 hours; subscriptions made by API are deleted after 8 failures in a row.",
    rotation: "Old and new client secret are valid while they rotate: configure both.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Shopify-Topic", "orders/create"],
      ["X-Shopify-Shop-Domain", "example.myshopify.com"],
      ["X-Shopify-API-Version", "2026-01"],
      ["X-Shopify-Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"],
      ["X-Shopify-Event-Id", "98880550-7158-44d4-b7cd-2c97c8a091b5"],
    ],
    body:
      '{"id":820982911946154508,"email":"jon@example.com","created_at":"2026-01-01T00:00:00-05:00",' +
      '"currency":"USD","total_price":"398.00","line_items":[{"id":866550311766439020,"title":"IPod Nano - 8GB",' +
      '"quantity":1,"price":"199.00"}],"customer":{"id":115310627314723954,"email":"john@example.com"}}',
    eventType: "orders/create",
  },
});
