import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Segment webhooks: HMAC-SHA1 over the raw body, in X-Signature. */
export const provider = defineProvider({
  id: "segment",
  name: "Segment",
  category: "crm",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "segment",
      label: "X-Signature",
      algorithm: "sha1",
      encoding: "hex",
      signature: { header: "x-signature" },
      template: "{body}",
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "type", required: true },
        { from: "body", path: "event" },
      ],
      separator: ": ",
    },
  ],
  dedupe: { sources: [{ from: "body", path: "messageId" }], fallback: null },
  reply: { status: 200, headers: [], body: "", why: "Segment counts 200 as delivered." },
  recognition: [
    { body: "messageId", weight: 2 },
    { body: "anonymousId", weight: 3 },
    { body: "context.library.name", weight: 2 },
    { body: "type", value: /^(track|identify|page|screen|group|alias)$/, weight: 1 },
  ],
  help: {
    pasteUrl: "Connections → Destinations → Webhooks → Webhook URL.",
    secretWhere: "The same page: Shared Secret; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "With batching in Actions only the first event of the list is signed: switch batching off.",
      "The hash is SHA-1.",
    ],
    docsUrl: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
    eventsWorthTicking: ["track", "identify", "page", "group"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "200 within 5 seconds.",
    retries: "9 tries over 4 hours.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"anonymousId":"507f191e810c19729de860ea","channel":"server","context":{"ip":"203.0.113.7",' +
      '"library":{"name":"analytics-node","version":"2.0.0"}},"event":"Order Completed",' +
      '"messageId":"022bb90c-bbac-11e4-8dfc-aa07a5b093db","properties":{"total":42.5,"currency":"EUR"},' +
      '"receivedAt":"2026-01-01T00:00:00.000Z","sentAt":"2026-01-01T00:00:00.000Z",' +
      '"timestamp":"2026-01-01T00:00:00.000Z","type":"track","userId":"97980cfea0067","version":2}',
    eventType: "track: Order Completed",
  },
});
