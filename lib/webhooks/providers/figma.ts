import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Figma: the webhook's passcode in every body. */
export const provider = defineProvider({
  id: "figma",
  name: "Figma",
  category: "productivity",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "token",
      id: "figma",
      label: "Passcode in the body",
      place: { bodyPath: "passcode" },
    },
  ],
  eventType: [{ from: "body", path: "event_type" }],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "webhook_id", required: true },
          { from: "body", path: "event_type" },
          { from: "body", path: "file_key" },
          { from: "body", path: "comment_id" },
          { from: "body", path: "timestamp", required: true },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  handshakes: [
    {
      id: "ping",
      when: { methods: ["POST"], bodyEquals: ["event_type", "PING"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Figma sends a ping when the webhook is created.",
    },
  ],
  recognition: [
    { body: "passcode", weight: 3 },
    { body: "webhook_id", weight: 2 },
    { body: "event_type", value: /^(PING$|FILE_|LIBRARY_|DEV_MODE_)/, weight: 3 },
    { body: "file_key", weight: 2 },
  ],
  help: {
    pasteUrl: "POST /v2/webhooks with endpoint.",
    secretWhere: "You choose it: passcode in that call.",
    secretLooksLike: "Up to 100 characters you made up.",
    pitfalls: ["The passcode is in the body: it is masked in what is stored for viewing."],
    docsUrl: "https://developers.figma.com/docs/rest-api/webhooks/",
    eventsWorthTicking: ["FILE_UPDATE", "FILE_COMMENT", "LIBRARY_PUBLISH"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event_type":"FILE_UPDATE","file_key":"zH5nHXDcmJPzcVcUZC4pWX","file_name":"Design","passcode":"",' +
      '"timestamp":"2026-01-01T00:00:00Z","webhook_id":"22","retries":0}',
    eventType: "FILE_UPDATE",
  },
});
