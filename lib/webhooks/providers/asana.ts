import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Asana: HMAC-SHA256 with a secret that Asana hands over in the first request. */
export const provider = defineProvider({
  id: "asana",
  name: "Asana",
  category: "productivity",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "asana",
      label: "X-Hook-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-hook-signature" },
      template: "{body}",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "events.0.resource.resource_type", required: true },
        { from: "body", path: "events.0.action" },
      ],
      separator: ".",
    },
  ],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        {
          from: "each",
          list: "events",
          parts: [
            { from: "body", path: "resource.gid" },
            { from: "body", path: "action" },
            { from: "body", path: "created_at", required: true },
            { from: "body", path: "user.gid" },
            { from: "body", path: "change.field" },
            { from: "body", path: "change.added_value.gid" },
            { from: "body", path: "change.removed_value.gid" },
            { from: "body", path: "parent.gid" },
          ],
          separator: ":",
          required: true,
        },
      ],
      windowSeconds: 604_800,
    },
  },
  handshakes: [
    {
      id: "pairing",
      when: { methods: ["POST"], header: "x-hook-secret" },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "pair-by-header", header: "x-hook-secret" },
      help: "Asana hands over the webhook's secret.",
    },
    {
      id: "heartbeat",
      when: { methods: ["POST"], header: "x-hook-signature", emptyList: "events" },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Asana sends an empty list to see whether the endpoint lives.",
    },
  ],
  batch: {
    itemIs: "event",
    path: "events",
    eventType: [
      {
        from: "join",
        parts: [
          { from: "body", path: "resource.resource_type", required: true },
          { from: "body", path: "action" },
        ],
        separator: ".",
      },
    ],
    id: [
      {
        from: "join",
        parts: [
          { from: "body", path: "resource.gid", required: true },
          { from: "body", path: "action" },
          { from: "body", path: "created_at", required: true },
          { from: "body", path: "user.gid" },
          { from: "body", path: "change.field" },
          { from: "body", path: "change.added_value.gid" },
          { from: "body", path: "change.removed_value.gid" },
          { from: "body", path: "parent.gid" },
        ],
        separator: ":",
      },
    ],
  },
  reply: { status: 200, headers: [], body: "", why: "Asana counts only 200 and 204 as delivered." },
  recognition: [
    { header: "x-hook-signature", weight: 6 },
    { header: "x-hook-secret", weight: 6 },
    { body: "events.0.resource.gid", weight: 4 },
  ],
  help: {
    pasteUrl: "POST /webhooks with resource and target.",
    secretWhere: "Asana sends it in the first request (X-Hook-Secret); Hookline offers it for storing.",
    secretLooksLike: "Hexadecimal text.",
    pitfalls: [
      "A secret sent later is not taken unless you open pairing: otherwise anybody could re-key the endpoint.",
      "Every 8 hours an empty list comes as a heartbeat.",
      "Deliveries come at most once.",
    ],
    docsUrl: "https://developers.asana.com/docs/webhooks-guide",
    eventsWorthTicking: ["task.added", "task.changed", "story.added"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "200 or 204 within 10 seconds.",
    retries: "Up to 24 hours, then the webhook is deleted. The heartbeat every 8 hours must get a 2xx.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"events":[{"user":{"gid":"12345","resource_type":"user"},"created_at":"2026-01-01T00:00:00.000Z",' +
      '"action":"changed","parent":null,"change":{"field":"due_at","action":"changed"},"resource":{"gid":"1337",' +
      '"resource_type":"task"}}]}',
    eventType: "task.changed",
  },
});
