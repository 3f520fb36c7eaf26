import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** LINE: base64 HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "line",
  name: "LINE",
  category: "messaging",
  confidence: { signing: "verified", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "line",
      label: "X-Line-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-line-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "events.0.type" }],
  dedupe: {
    sources: [
      {
        from: "each",
        list: "events",
        parts: [{ from: "body", path: "webhookEventId", required: true }],
        separator: ":",
      },
    ],
    fallback: null,
  },
  handshakes: [
    {
      id: "verify-button",
      when: { methods: ["POST"], emptyList: "events", header: "x-line-signature" },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "LINE sends an empty list when you press Verify.",
    },
  ],
  batch: {
    itemIs: "event",
    path: "events",
    eventType: [{ from: "body", path: "type" }],
    id: [{ from: "body", path: "webhookEventId" }],
  },
  reply: { status: 200, headers: [], body: "", why: "LINE counts 200 as delivered." },
  recognition: [
    { header: "x-line-signature", weight: 6 },
    { body: "destination", weight: 2 },
    { body: "events.0.webhookEventId", weight: 4 },
    { header: "user-agent", value: /^LineBotWebhook/, weight: 2 },
  ],
  help: {
    pasteUrl: "LINE Developers → your channel → Messaging API → Webhook URL.",
    secretWhere: "LINE Developers → your channel → Basic settings → Channel secret.",
    secretLooksLike: "32 hexadecimal characters, used as text.",
    pitfalls: ["The Verify button sends an empty list.", "Several events may come in one request."],
    docsUrl: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
    eventsWorthTicking: ["message", "follow", "unfollow", "postback"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Exactly 200.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"destination":"xxxxxxxxxx","events":[{"type":"message","message":{"type":"text","id":"14353798921116",' +
      '"text":"Hello, world"},"timestamp":1767225600000,"source":{"type":"user","userId":"U80696558e1aa831"},' +
      '"replyToken":"757913772c4646b784d4b7ce46d12671","mode":"active",' +
      '"webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR","deliveryContext":{"isRedelivery":false}}]}',
    eventType: "message",
  },
});
