import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Pipedrive: Basic credentials when the webhook was made with them. */
export const provider = defineProvider({
  id: "pipedrive",
  name: "Pipedrive",
  category: "crm",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      place: { header: "authorization" },
      prefix: "basic",
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "meta.entity", required: true },
        { from: "body", path: "meta.action" },
      ],
      separator: ".",
    },
    { from: "body", path: "event" },
    {
      from: "join",
      parts: [
        { from: "body", path: "meta.object", required: true },
        { from: "body", path: "meta.action" },
      ],
      separator: ".",
    },
  ],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "meta.id", required: true },
          { from: "body", path: "meta.correlation_id" },
          { from: "body", path: "meta.action" },
          { from: "body", path: "meta.timestamp", required: true },
          { from: "body", path: "meta.timestamp_micro" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  recognition: [
    { body: "meta.entity", weight: 3 },
    { body: "meta.correlation_id", weight: 3 },
    { body: "meta.host", value: /\.pipedrive\.com$/, weight: 6 },
    { header: "user-agent", value: /^Pipedrive/, weight: 4 },
  ],
  help: {
    pasteUrl: "Tools and apps → Webhooks → Create new webhook → Endpoint URL.",
    secretWhere: "You choose user name and password (HTTP Auth) in the same form.",
    secretLooksLike: "user:password",
    pitfalls: ["Versions 1 and 2 of the bodies differ.", "Ten failures pause the webhook for 30 minutes."],
    docsUrl: "https://pipedrive.readme.io/docs/guide-for-webhooks-v2",
    eventsWorthTicking: ["deal.create", "deal.change", "person.create", "activity.create"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within 10 seconds.",
    retries:
      "3, after about 3, 30 and 150 seconds. 10 failures pause the webhook for 30 minutes; 3 days without " +
      "success delete it.",
    rotation: "Create the webhook again.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"data":{"id":42,"title":"New deal","value":1000,"currency":"EUR"},"previous":null,' +
      '"meta":{"action":"create","entity":"deal","company_id":"123",' +
      '"correlation_id":"b5b4e4f1-4e43-4b9b-b2cb-40bc1f0a32a9","entity_id":"42",' +
      '"id":"1d1a6bb8-5c55-4a45-9d7b-a2ec0cd8a0b5","timestamp":"2026-01-01T00:00:00.000Z","type":"application",' +
      '"version":"2.0","attempt":1}}',
    eventType: "deal.create",
  },
});
