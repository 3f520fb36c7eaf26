import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Any sender that does not sign: the unguessable URL is the only protection. */
export const provider = defineProvider({
  id: "none",
  name: "No verification",
  category: "generic",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [{ kind: "none", id: "none", label: "Not verified" }],
  eventType: [
    { from: "header", name: "ce-type" },
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
    pasteUrl: "Wherever the sender asks for a webhook URL.",
    secretWhere: null,
    secretLooksLike: null,
    pitfalls: ["Anybody who learns the URL can send: choose a scheme as soon as the sender offers one."],
    docsUrl: null,
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "202 with the event's id.",
    retries: "Up to the sender.",
    rotation: "Make a new endpoint to change the URL.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body: '{"type":"order.created","order":{"id":1042,"email":"ada@example.com","total":"42.00"}}',
    eventType: "order.created",
  },
});
