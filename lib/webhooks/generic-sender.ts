import type { Provider } from "#lib/webhooks/provider-types.ts";

/**
 * What is the same for every sender that we know only by how it proves itself: where names and ids usually stand, and a
 * sample.
 */
export const GENERIC_SENDER = {
  category: "generic",
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
} as const satisfies Partial<Provider>;
