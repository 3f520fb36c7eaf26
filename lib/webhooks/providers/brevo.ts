import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Brevo: a bearer token you set, and published addresses. */
export const provider = defineProvider({
  id: "brevo",
  name: "Brevo",
  category: "mail",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "token",
      id: "bearer",
      label: "Bearer token",
      place: { header: "authorization" },
      prefix: "bearer",
    },
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      place: { header: "authorization" },
      prefix: "basic",
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "body", path: "event" }],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "message-id", required: true },
          { from: "body", path: "event", required: true },
          { from: "body", path: "ts_epoch" },
          { from: "body", path: "ts" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  recognition: [
    { body: "ts_event", weight: 3 },
    { body: "message-id", weight: 2 },
    { body: "ts_epoch", weight: 2 },
    { body: "sending_ip", weight: 1 },
    { body: "camp_id", weight: 3 },
  ],
  help: {
    pasteUrl: "Transactional → Settings → Webhook → Add a new webhook → URL to call.",
    secretWhere: "The same form: Authentication method → Token.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["Combine the token with the published addresses as an IP list."],
    docsUrl: "https://developers.brevo.com/docs/how-to-use-webhooks",
    eventsWorthTicking: ["delivered", "opened", "click", "hard_bounce", "unsubscribed"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: ["1.179.112.0/20", "172.246.240.0/20"],
    url: null,
    note: "Published by Brevo.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event":"delivered","email":"ada@example.com","id":26224,"date":"2026-01-01 00:00:00","ts":1767225600,' +
      '"message-id":"<201798300811.5787683@relay.domain.com>","ts_event":1767225600,"ts_epoch":1767225600000,' +
      '"subject":"Hello","sending_ip":"185.41.28.109","tags":["welcome"]}',
    eventType: "delivered",
  },
});
