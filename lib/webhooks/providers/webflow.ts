import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Webflow: HMAC over time and raw body, time in milliseconds. */
export const provider = defineProvider({
  id: "webflow",
  name: "Webflow",
  category: "media",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "webflow",
      label: "x-webflow-signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-webflow-signature" },
      timestamp: { header: "x-webflow-timestamp", unit: "ms", toleranceSeconds: 300 },
      template: "{timestamp}:{body}",
    },
  ],
  eventType: [{ from: "body", path: "triggerType" }],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "triggerType", required: true },
          { from: "body", path: "payload.id", required: true },
          { from: "body", path: "payload.submittedAt" },
          { from: "body", path: "payload.lastUpdated" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  recognition: [
    { header: "x-webflow-signature", weight: 6 },
    { header: "x-webflow-timestamp", weight: 3 },
    {
      body: "triggerType",
      value: /^(form_submission|site_publish|page_|ecomm_|collection_item_|user_account_|comment_)/,
      weight: 5,
    },
  ],
  help: {
    pasteUrl: "Site settings → Apps & integrations → Webhooks → Add webhook → URL.",
    secretWhere: "Webhooks made in the dashboard show their own secret once; those of apps use the client secret.",
    secretLooksLike: "64 hexadecimal characters.",
    pitfalls: ["Old webhooks made with an API token are unsigned."],
    docsUrl: "https://developers.webflow.com/data/docs/working-with-webhooks",
    eventsWorthTicking: ["form_submission", "ecomm_new_order", "collection_item_created"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"triggerType":"form_submission","payload":{"name":"Contact Us","siteId":"65427cf400e02b306eaa049c",' +
      '"data":{"First Name":"Ada","email":"ada@example.com"},"submittedAt":"2026-01-01T00:00:00.000Z",' +
      '"id":"6321ca84df3949bfc6752327","formId":"65429eadebe8a9f3a30f62d0"}}',
    eventType: "form_submission",
  },
});
