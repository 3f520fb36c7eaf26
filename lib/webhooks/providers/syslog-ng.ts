import { defineProvider } from "#lib/webhooks/define-provider.ts";

/**
 * syslog-ng's http() destination. It labels JSON as a form unless told otherwise, and repeats a line without end,
 * holding up all behind it, after 302, 400, 401, 413, 429 and 500. Seen with version 3.38.
 */
export const provider = defineProvider({
  id: "syslog-ng",
  name: "syslog-ng",
  category: "monitoring",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "token", id: "bearer", label: "Bearer token", place: { header: "authorization" }, prefix: "bearer" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "body", path: "PROGRAM" }],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "Two lines that say the same in the same second are two events, and look like one sent twice.",
      fields: [
        { from: "body", path: "HOST" },
        { from: "body", path: "ISODATE" },
        { from: "body", path: "MESSAGE" },
      ],
    },
  },
  recognition: [
    { header: "user-agent", value: /^syslog-ng /, weight: 6 },
    { body: "PROGRAM", weight: 2 },
    { body: "ISODATE", weight: 2 },
    { body: "HOST_FROM", weight: 2 },
  ],
  help: {
    pasteUrl: 'destination { http(url("…")); };.',
    secretWhere: "The same destination: user() and password(), or a header; you choose it.",
    secretLooksLike: "user:password, or any text you made up for a bearer token.",
    pitfalls: [
      "A line that is refused (401, 413, 429, 400) is sent again without end and holds up all others. Give " +
        "every line a way through: no verification that can fail, a body limit above your longest batch, no rate " +
        "limit below your log's.",
      "Only 410 and 422 make it drop a line.",
      'Set body("$(format-json --scope rfc5424)") and headers("Content-Type: application/json"); JSON is read ' +
        "as JSON without the header too.",
    ],
    docsUrl: "https://syslog-ng.github.io/admin-guide/070_Destinations/090_HTTP_destination/README",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "Without end after 302, 400, 401, 413, 429 and 500; dropped after 410 and 422.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["User-Agent", "syslog-ng 3.38.1"],
    ],
    body:
      '{"PROGRAM":"sshd","PRIORITY":"info","PID":"1042","MESSAGE":"Accepted publickey for ada",' +
      '"ISODATE":"2026-01-01T00:00:00+00:00","HOST":"web-1","FACILITY":"auth"}',
    eventType: "sshd",
  },
});
