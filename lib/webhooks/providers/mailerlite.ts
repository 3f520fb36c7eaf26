import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** MailerLite: HMAC-SHA256 over the raw body, in the header Signature. */
export const provider = defineProvider({
  id: "mailerlite",
  name: "MailerLite",
  category: "mail",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "mailerlite",
      label: "Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "signature" },
      template: "{body}",
    },
  ],
  eventType: [
    { from: "body", path: "type" },
    { from: "body", path: "event" },
    { from: "body", path: "events.0.type" },
    { from: "constant", value: "batch" },
  ],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why:
        "MailerLite sends the subscriber as it is, without an id or a time of the event, so a repeat looks like " +
        "the next event.",
      fields: [
        { from: "body", path: "type" },
        { from: "body", path: "id" },
        { from: "body", path: "updated_at" },
      ],
    },
  },
  batch: { itemIs: "event", path: "events", eventType: [{ from: "body", path: "type" }], id: [] },
  recognition: [
    { body: "account_id", weight: 2 },
    { body: "type", value: /^(subscriber|campaign)\./, weight: 3 },
    { header: "signature", value: /^[0-9a-f]{64}$/, weight: 1 },
    { header: "user-agent", value: /^MailerLite/, weight: 4 },
  ],
  help: {
    pasteUrl: "Integrations → Webhooks → Add webhook → URL.",
    secretWhere: "The webhook's page: Secret.",
    secretLooksLike: "Letters and digits.",
    pitfalls: ["Batched events come as a list."],
    docsUrl: "https://developers.mailerlite.com/docs/webhooks",
    eventsWorthTicking: ["subscriber.created", "subscriber.unsubscribed", "campaign.sent"],
  },
  delivery: {
    ackDeadlineSeconds: 3,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["User-Agent", "MailerLite/Webhook"],
    ],
    body:
      '{"type":"subscriber.created","id":"139234567890123456","email":"ada@example.com","status":"active",' +
      '"source":"manual","fields":{"name":"Ada","last_name":"Lovelace"},"created_at":"2026-01-01 00:00:00",' +
      '"account_id":"100001"}',
    eventType: "subscriber.created",
  },
});
