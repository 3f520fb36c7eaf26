import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** ClickUp: HMAC-SHA256 over the raw body, in X-Signature. */
export const provider = defineProvider({
  id: "clickup",
  name: "ClickUp",
  category: "productivity",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "clickup",
      label: "X-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "event" }],
  dedupe: {
    sources: [
      { from: "each", list: "history_items", parts: [{ from: "body", path: "id", required: true }], separator: ":" },
    ],
    fallback: null,
    advice: {
      why:
        "Events without a history, such as a deleted task, carry neither an id nor a time, so a repeat of one " +
        "cannot be told.",
      fields: [],
    },
  },
  recognition: [
    { body: "history_items.0.id", weight: 4 },
    { body: "webhook_id", weight: 2 },
    { body: "event", value: /^(task|list|folder|space|goal|keyResult)[A-Z]/, weight: 2 },
    { header: "x-signature", weight: 1 },
  ],
  help: {
    pasteUrl: "POST /api/v2/team/{team_id}/webhook with endpoint.",
    secretWhere: "The answer to that call: webhook.secret.",
    secretLooksLike: "About 64 letters and digits.",
    pitfalls: [
      "X-Signature means other things at other senders.",
      "Automations (“Call webhook”) are another feature and unsigned.",
    ],
    docsUrl: "https://developer.clickup.com/docs/webhooks",
    eventsWorthTicking: ["taskCreated", "taskStatusUpdated", "taskCommentPosted"],
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
      '{"event":"taskStatusUpdated","history_items":[{"id":"2800787326392370170","type":1,"date":"1767225600000",' +
      '"field":"status","user":{"id":183,"username":"Ada"},"before":{"status":"to do"},' +
      '"after":{"status":"in progress"}}],"task_id":"1vj38vv","webhook_id":"7fa3ec74-69a8-4530-a251-8a13730bd204"}',
    eventType: "taskStatusUpdated",
  },
});
