import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Microsoft Graph change notifications: the subscription's clientState in every item. */
export const provider = defineProvider({
  id: "microsoft-graph",
  name: "Microsoft Graph",
  category: "productivity",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "token",
      id: "client-state",
      label: "clientState in every notification",
      place: { bodyPath: "value[].clientState" },
      everyItem: true,
      alsoProves: "graph-tokens",
    },
  ],
  optionFields: [
    {
      id: "applicationId",
      label: "Application id",
      help:
        "Of the app that subscribes, for notifications with resource " +
        "data: their validation tokens are made for it.",
      kind: "text",
      required: false,
    },
  ],
  eventType: [
    { from: "body", path: "value.0.lifecycleEvent" },
    { from: "body", path: "value.0.changeType" },
  ],
  dedupe: {
    sources: [{ from: "each", list: "value", parts: [{ from: "body", path: "id", required: true }], separator: ":" }],
    fallback: null,
  },
  handshakes: [
    {
      id: "validation-token",
      when: { methods: ["POST"], query: "validationToken" },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "echo-query", param: "validationToken" },
      help: "Graph sends a token when the subscription is created.",
    },
  ],
  batch: {
    itemIs: "notification",
    path: "value",
    eventType: [
      { from: "body", path: "lifecycleEvent" },
      { from: "body", path: "changeType" },
    ],
    id: [{ from: "body", path: "id" }],
  },
  recognition: [
    { body: "value.0.subscriptionId", weight: 4 },
    { body: "value.0.changeType", weight: 2 },
    { query: "validationToken", weight: 6 },
    { body: "value.0.subscriptionExpirationDateTime", weight: 2 },
  ],
  help: {
    pasteUrl: "The field notificationUrl when you create the subscription.",
    secretWhere: "You choose it: the field clientState of the subscription.",
    secretLooksLike: "Up to 128 characters you made up.",
    pitfalls: [
      "Every item of the list must carry the clientState.",
      "Subscriptions end unless renewed.",
      "Slow endpoints are throttled: answer within 3 seconds.",
    ],
    docsUrl: "https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
    eventsWorthTicking: ["created", "updated", "deleted"],
  },
  delivery: {
    ackDeadlineSeconds: 3,
    answer: "Any 2xx within 3 seconds; 202 is preferred.",
    retries: "Up to 4 hours. Endpoints with more than 10 % of answers over 2.9 seconds are throttled.",
    rotation: "Make a new subscription; the old one keeps its secret until you delete it.",
  },
  addresses: {
    ranges: [],
    url: "https://learn.microsoft.com/microsoft-365/enterprise/additional-office365-ip-addresses-and-urls",
    note: "Microsoft publishes its addresses.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"value":[{"id":"lsgTZMr9KwAAA","subscriptionId":"76619225-ff6b-4746-a5f7-e4a3f5a4b1c2",' +
      '"subscriptionExpirationDateTime":"2026-01-02T00:00:00.0000000Z","clientState":"","changeType":"created",' +
      '"resource":"Users/622eaaff-0683-4862-9de4-f2ec83c2bd98/Messages/AAMkAGUwNjQ4ZjIx",' +
      '"tenantId":"84bd8158-6d4d-4958-8b9f-9d6445542f95",' +
      '"resourceData":{"@odata.type":"#Microsoft.Graph.Message","id":"AAMkAGUwNjQ4ZjIx"}}]}',
    eventType: "created",
  },
});
