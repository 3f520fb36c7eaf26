import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Cal.com: HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "cal-com",
  name: "Cal.com",
  category: "productivity",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "cal-com",
      label: "X-Cal-Signature-256",
      aliases: ["cal.com"],
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-cal-signature-256" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "triggerEvent" }],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "triggerEvent", required: true },
          { from: "body", path: "payload.uid", required: true },
          { from: "body", path: "createdAt" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  handshakes: [
    {
      id: "ping",
      when: { methods: ["POST"], bodyEquals: ["triggerEvent", "PING"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Cal.com sends a test event.",
    },
  ],
  recognition: [
    { header: "x-cal-signature-256", weight: 6 },
    { body: "triggerEvent", weight: 5 },
  ],
  help: {
    pasteUrl: "Settings → Developer → Webhooks → New → Subscriber URL.",
    secretWhere: "The same form: Secret; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "Without a secret the header reads “no-secret-provided” and proves nothing.",
      "Custom payload templates change the body.",
    ],
    docsUrl: "https://cal.com/docs/developing/guides/automation/webhooks",
    eventsWorthTicking: ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_RESCHEDULED"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx; redirects are not followed.",
    retries: "None, or a few at once.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-01-01T00:00:00.000Z","payload":{"type":"60min",' +
      '"title":"60min between Ada and Grace","startTime":"2026-01-02T10:00:00Z","endTime":"2026-01-02T11:00:00Z",' +
      '"organizer":{"name":"Ada","email":"ada@example.com"},"attendees":[{"email":"grace@example.com",' +
      '"name":"Grace"}],"uid":"bFJeNb2uX8ANpT3JL5EfXw","status":"ACCEPTED"}}',
    eventType: "BOOKING_CREATED",
  },
});
