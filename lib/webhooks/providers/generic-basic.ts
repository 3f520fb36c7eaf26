import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Any sender that authenticates with user and password (RFC 7617). */
export const provider = defineProvider({
  id: "generic-basic",
  name: "Basic credentials (any sender)",
  category: "generic",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      aliases: ["basic-auth"],
      place: { header: "authorization" },
      prefix: "basic",
    },
  ],
  eventType: [
    { from: "header", name: "x-event-type" },
    { from: "body", path: "type" },
    { from: "body", path: "event_type" },
    { from: "body", path: "eventType" },
    { from: "body", path: "event" },
  ],
  dedupe: {
    sources: [
      { from: "header", name: "idempotency-key" },
      { from: "header", name: "webhook-id" },
    ],
    fallback: null,
  },
  recognition: [],
  help: {
    pasteUrl: "Wherever the sender asks for a webhook URL; some take https://user:password@… .",
    secretWhere: "You choose it.",
    secretLooksLike: "user:password; the password may contain colons.",
    pitfalls: ["Basic credentials travel in every request: use HTTPS."],
    docsUrl: "https://www.rfc-editor.org/rfc/rfc7617",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "202 with the event's id.",
    retries: "Up to the sender.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body: '{"type":"order.created","order":{"id":1042,"email":"ada@example.com","total":"42.00"}}',
    eventType: "order.created",
  },
});
