import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** EventBridge API destinations: a static API key, Basic credentials or a bearer token. */
export const provider = defineProvider({
  id: "aws-eventbridge",
  name: "Amazon EventBridge API destination",
  category: "cloud",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "token",
      id: "api-key",
      label: "API key header",
      place: { header: "x-api-key", headerOption: "headerName" },
    },
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      place: { header: "authorization" },
      prefix: "basic",
    },
    {
      kind: "token",
      id: "bearer",
      label: "Bearer token",
      place: { header: "authorization" },
      prefix: "bearer",
    },
  ],
  optionFields: [
    {
      id: "headerName",
      label: "Header name",
      help: "The header your connection sends the API key in.",
      kind: "text",
      defaultValue: "x-api-key",
      required: false,
    },
  ],
  eventType: [{ from: "body", path: "detail-type" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { body: "detail-type", weight: 4 },
    { body: "source", weight: 2 },
    { header: "user-agent", value: /^Amazon\/EventBridge/, weight: 5 },
  ],
  help: {
    pasteUrl: "EventBridge → API destinations → Create → API destination endpoint.",
    secretWhere: "You choose it in the connection: API key, Basic or OAuth.",
    secretLooksLike: "Any text you made up; for Basic user:password.",
    pitfalls: ["Input transformers can drop id and detail-type.", "401 and 407 make EventBridge authorize again."],
    docsUrl: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "Any 2xx within 5 seconds.",
    retries: "Up to 24 hours or 185 tries, honouring Retry-After; then the dead-letter queue.",
    rotation: "Change the connection at the sender and keep both secrets here meanwhile.",
  },
  addresses: {
    ranges: [],
    url: "https://ip-ranges.amazonaws.com/ip-ranges.json",
    note: "Amazon publishes its ranges; EventBridge is not listed apart.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json; charset=utf-8"]],
    body:
      '{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718",' +
      '"detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","account":"111122223333",' +
      '"time":"2026-01-01T00:00:00Z","region":"us-west-1",' +
      '"resources":["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],' +
      '"detail":{"instance-id":"i-1234567890abcdef0","state":"terminated"}}',
    eventType: "EC2 Instance State-change Notification",
  },
});
