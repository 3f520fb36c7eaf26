import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** monday.com: a short-lived JWT in Authorization; the body itself is not signed. */
export const provider = defineProvider({
  id: "monday",
  name: "monday.com",
  category: "productivity",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "jwt",
      id: "monday",
      label: "Authorization token (JWT)",
      header: "authorization",
      bearer: "optional",
      algorithms: ["HS256"],
      keys: { from: "secret" },
      audience: { publicUrl: true, required: false },
      expiryRequired: true,
      clockSkewSeconds: 60,
    },
    { kind: "none", id: "none", label: "Board webhooks without an app" },
  ],
  eventType: [{ from: "body", path: "event.type" }],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "event.triggerUuid", required: true },
          { from: "body", path: "event.type" },
          { from: "body", path: "event.pulseId" },
          { from: "body", path: "event.columnId" },
          { from: "body", path: "event.subscriptionId" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  handshakes: [
    {
      id: "challenge",
      when: { methods: ["POST"], bodyKeysExactly: ["challenge"] },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "echo-body-json", path: "challenge", key: "challenge" },
      help: "monday.com sends an unsigned challenge when the webhook is created.",
    },
  ],
  reply: { status: 200, headers: [], body: "", why: "monday.com counts 200 as delivered." },
  recognition: [
    { body: "event.triggerUuid", weight: 4 },
    { body: "event.boardId", weight: 2 },
    { body: "event.pulseId", weight: 2 },
  ],
  help: {
    pasteUrl: "Board → Integrate → Webhooks, or your app's webhook.",
    secretWhere: "Developer Center → your app → Basic Information → Signing Secret (lifecycle events: Client Secret).",
    secretLooksLike: "Letters and digits.",
    pitfalls: ["Webhooks made on a board without an app are unsigned.", "The token proves who sent it, not the body."],
    docsUrl: "https://developer.monday.com/api-reference/docs/webhooks",
    eventsWorthTicking: ["create_pulse", "update_column_value", "change_status_column_value"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Exactly 200.",
    retries: "Once a minute for 30 minutes.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event":{"userId":9603417,"originalTriggerUuid":null,"boardId":1771812698,"pulseId":1772099344,' +
      '"pulseName":"Create_item webhook","groupId":"topics","columnValues":{},"app":"monday",' +
      '"type":"create_pulse","triggerTime":"2026-01-01T00:00:00.000Z","subscriptionId":73759690,' +
      '"triggerUuid":"b5ed2e17c530f43668de130142445cba"}}',
    eventType: "create_pulse",
  },
});
