import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Linear: HMAC-SHA256 over the raw body, with the signed time inside it. */
export const provider = defineProvider({
  id: "linear",
  name: "Linear",
  category: "productivity",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "linear",
      label: "Linear-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "linear-signature" },
      timestamp: { bodyPath: "webhookTimestamp", unit: "ms", toleranceSeconds: 60 },
      template: "{body}",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "type", required: true },
        { from: "body", path: "action" },
      ],
      separator: ".",
    },
    { from: "header", name: "linear-event" },
  ],
  dedupe: { sources: [{ from: "header", name: "linear-delivery" }], fallback: null },
  reply: { status: 200, headers: [], body: "", why: "Linear counts 200 as delivered." },
  recognition: [
    { header: "linear-signature", weight: 6 },
    { header: "linear-delivery", weight: 4 },
    { header: "linear-event", weight: 3 },
    { header: "user-agent", value: /^Linear-Webhook/, weight: 3 },
    { body: "webhookTimestamp", weight: 3 },
    { body: "url", value: /^https:\/\/linear\.app\//, weight: 3 },
  ],
  help: {
    pasteUrl: "Settings → API → Webhooks → New webhook → URL.",
    secretWhere: "On the webhook's page: Signing secret.",
    secretLooksLike: "lin_wh_ followed by letters and digits.",
    pitfalls: ["60 seconds are tight: the clocks must agree."],
    docsUrl: "https://linear.app/developers/webhooks",
    eventsWorthTicking: ["Issue.create", "Issue.update", "Comment.create", "Project.update"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "200 within 5 seconds.",
    retries: "3, after 1 minute, 1 hour and 6 hours; switched off when nobody answers.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: ["35.231.147.226", "35.243.134.228"],
    url: null,
    note: "Linear lists more in its documentation.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json; charset=utf-8"],
      ["Linear-Event", "Issue"],
      ["Linear-Delivery", "234d1a4e-b617-4388-90fe-adc3633d6b72"],
    ],
    body:
      '{"action":"create","type":"Issue","createdAt":"2026-01-01T00:00:00.000Z",' +
      '"data":{"id":"2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9","title":"Tést","identifier":"ENG-42",' +
      '"team":{"key":"ENG"}},"url":"https://linear.app/acme/issue/ENG-42",' +
      '"organizationId":"b9c4d5e6-0000-4000-8000-000000000000","webhookTimestamp":1767225600000,' +
      '"webhookId":"000042e3-d123-4980-b49f-8e140eef9329"}',
    eventType: "Issue.create",
  },
});
