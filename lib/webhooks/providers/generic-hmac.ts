import { CONFIGURABLE_HMAC_FIELDS } from "#lib/webhooks/configurable-hmac.ts";
import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Any sender with an HMAC: header, prefix, encoding, signed text and timestamp are the owner's choice. */
export const provider = defineProvider({
  id: "generic-hmac",
  name: "HMAC signature (any sender)",
  category: "generic",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [{ kind: "custom", id: "generic-hmac", label: "Configured HMAC", verifier: "configurable-hmac" }],
  optionFields: CONFIGURABLE_HMAC_FIELDS,
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
    pasteUrl: "Wherever the sender asks for a webhook URL.",
    secretWhere: "Wherever the sender shows or asks for a signing secret.",
    secretLooksLike: "Any text; say below when it is base64 or hexadecimal.",
    pitfalls: [
      "Headers such as X-Signature and X-Hub-Signature mean different things to different senders: check algorithm and encoding in the sender's documentation.",
    ],
    docsUrl: null,
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
