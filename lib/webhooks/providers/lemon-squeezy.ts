import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Lemon Squeezy: HMAC-SHA256 over the raw body, in X-Signature. */
export const provider = defineProvider({
  id: "lemon-squeezy",
  name: "Lemon Squeezy",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "lemon-squeezy",
      label: "X-Signature",
      aliases: ["lemonsqueezy"],
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-signature" },
      template: "{body}",
    },
  ],
  eventType: [
    { from: "header", name: "x-event-name" },
    { from: "body", path: "meta.event_name" },
  ],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        { from: "body", path: "meta.event_name" },
        { from: "body", path: "data.type" },
        { from: "body", path: "data.id" },
        { from: "body", path: "data.attributes.updated_at", required: true },
        // Its times are whole seconds: two changes within one differ in what changed.
        { from: "body", path: "data.attributes.status" },
        { from: "body", path: "data.attributes.variant_id" },
        { from: "body", path: "data.attributes.cancelled" },
        { from: "body", path: "data.attributes.renews_at" },
        { from: "body", path: "data.attributes.ends_at" },
        { from: "body", path: "data.attributes.pause" },
      ],
      windowSeconds: 604_800,
    },
  },
  reply: { status: 200, headers: [], body: "", why: "Lemon Squeezy counts only 200 as delivered." },
  recognition: [
    { body: "meta.event_name", weight: 5 },
    { header: "x-event-name", weight: 3 },
    { header: "x-signature", weight: 1 },
  ],
  help: {
    pasteUrl: "Settings → Webhooks → + → Callback URL.",
    secretWhere: "The same form: Signing secret; you choose it.",
    secretLooksLike: "6 to 40 characters you made up.",
    pitfalls: [
      "X-Signature means other things at other senders.",
      "There is no delivery id: redeliveries are found by event, object and its time of change.",
    ],
    docsUrl: "https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
    eventsWorthTicking: ["order_created", "subscription_created", "subscription_cancelled", "license_key_created"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Exactly 200.",
    retries: "3, after 5, 25 and 125 seconds.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Event-Name", "order_created"],
    ],
    body:
      '{"meta":{"event_name":"order_created","custom_data":{"user_id":"42"}},"data":{"type":"orders","id":"1",' +
      '"attributes":{"store_id":1,"user_email":"ada@example.com","total":999,"currency":"USD","status":"paid",' +
      '"updated_at":"2026-01-01T00:00:00.000000Z"}}}',
    eventType: "order_created",
  },
});
