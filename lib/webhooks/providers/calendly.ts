import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Calendly: timestamped HMAC in Stripe's form. */
export const provider = defineProvider({
  id: "calendly",
  name: "Calendly",
  category: "productivity",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "calendly",
      label: "Calendly-Webhook-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "calendly-webhook-signature", itemSeparator: ",", fieldSeparator: "=", field: "v1" },
      timestamp: { field: "t", toleranceSeconds: 300 },
      template: "{timestamp}.{body}",
    },
  ],
  eventType: [{ from: "body", path: "event" }],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "payload.uri", required: true },
          { from: "body", path: "event", required: true },
          { from: "body", path: "created_at" },
        ],
        separator: " ",
      },
    ],
    fallback: null,
  },
  recognition: [
    { header: "calendly-webhook-signature", weight: 6 },
    { body: "created_by", value: /^https:\/\/api\.calendly\.com\//, weight: 6 },
    { body: "event", value: /^invitee/, weight: 2 },
  ],
  help: {
    pasteUrl: "POST /webhook_subscriptions with url.",
    secretWhere: "You choose it: signing_key in that call, or the key of your app.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["Invitees that reschedule make two events: canceled and created."],
    docsUrl: "https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
    eventsWorthTicking: ["invitee.created", "invitee.canceled", "routing_form_submission.created"],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer: "Any 2xx within 15 seconds.",
    retries: "With growing pauses for up to 24 hours, then switched off.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event":"invitee.created","created_at":"2026-01-01T00:00:00.000000Z",' +
      '"created_by":"https://api.calendly.com/users/AAAAAAAAAAAAAAAA",' +
      '"payload":{"cancel_url":"https://calendly.com/cancellations/AAAAAAAAAAAAAAAA","email":"ada@example.com",' +
      '"name":"Ada Lovelace","status":"active","timezone":"Europe/London",' +
      '"uri":"https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA/invitees/AAAAAAAAAAAAAAAA"}}',
    eventType: "invitee.created",
  },
});
