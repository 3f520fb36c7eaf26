import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Auth0 log streams: the authorization text you typed, as it is; JSON lines by default. */
export const provider = defineProvider({
  id: "auth0",
  name: "Auth0 log streams",
  category: "identity",
  confidence: { signing: "verified", delivery: "unsure" },
  schemes: [
    {
      kind: "token",
      id: "verbatim",
      label: "Authorization header, as typed",
      place: { header: "authorization" },
      optionalPrefix: "bearer",
    },
    {
      kind: "token",
      id: "bearer",
      label: "Bearer token",
      place: { header: "authorization" },
      prefix: "bearer",
    },
  ],
  eventType: [
    { from: "body", path: "0.data.type" },
    { from: "body", path: "data.type" },
    { from: "text", pattern: /"data":\{[^}]{0,2000}?"type":"(\w{1,20})"/ },
  ],
  dedupe: {
    sources: [
      { from: "body", path: "log_id" },
      { from: "each", list: "", parts: [{ from: "body", path: "log_id", required: true }], separator: ":" },
    ],
    fallback: null,
  },
  batch: {
    itemIs: "log entry",
    path: "",
    eventType: [{ from: "body", path: "data.type" }],
    id: [{ from: "body", path: "log_id" }],
  },
  recognition: [
    { body: "0.log_id", weight: 4 },
    { body: "0.data.client_id", weight: 3 },
    { text: /^\{"log_id":"[^"]+","data":\{/, weight: 5 },
  ],
  help: {
    pasteUrl: "Monitoring → Streams → Create Stream → Custom Webhook → Payload URL.",
    secretWhere: "You choose it: Authorization Token in the same form.",
    secretLooksLike: "Any text you made up; Auth0 does not add “Bearer”.",
    pitfalls: [
      "The default format is JSON lines, not one JSON document: choose JSON array, or run each line on its own.",
      "Up to 100 events arrive in one request.",
    ],
    docsUrl: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
    eventsWorthTicking: ["s", "f", "ss", "slo"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "3 per batch, then the stream pauses with an error.",
    rotation: "Edit the stream at the sender and keep both secrets here meanwhile.",
  },
  addresses: {
    ranges: [],
    url: "https://auth0.com/docs/secure/security-guidance/data-security/allowlist",
    note: "Published per region.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '[{"log_id":"90020260101000000000000000000000000001223372036854775807",' +
      '"data":{"date":"2026-01-01T00:00:00.000Z","type":"s","connection":"Username-Password-Authentication",' +
      '"client_id":"AaiyAPdpYdesoKnqjj8HJqRn4T5titww","ip":"203.0.113.7","user_name":"ada@example.com",' +
      '"log_id":"90020260101000000000000000000000000001223372036854775807"}}]',
    eventType: "s",
  },
});
