import { defineProvider } from "#lib/webhooks/define-provider.ts";

/**
 * Prometheus Alertmanager. It does not sign. A reminder (`repeat_interval`) is byte for byte the delivery it reminds
 * of, so equal content is a retry only inside a window that ends before the next reminder: retries come at once after a
 * 5xx, and after any other failure at the next `group_interval` (5 minutes unless configured; reminders come every 4
 * hours). Seen with version 0.25.0.
 */
export const provider = defineProvider({
  id: "alertmanager",
  name: "Prometheus Alertmanager",
  category: "monitoring",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "token", id: "bearer", label: "Bearer token", place: { header: "authorization" }, prefix: "bearer" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "constant", value: "alert" },
        { from: "body", path: "status", required: true },
      ],
      separator: ".",
    },
  ],
  dedupe: {
    sources: [],
    fallback: {
      fields: [{ from: "body", path: "alerts.0.startsAt", required: true }],
      wholeBody: true,
      windowSeconds: 600,
      reminders:
        "A reminder has the same bytes as a retry: the window must outlast group_interval and end before " +
        "repeat_interval.",
    },
  },
  batch: {
    itemIs: "alert",
    path: "alerts",
    eventType: [
      {
        from: "join",
        parts: [
          { from: "constant", value: "alert" },
          { from: "body", path: "status", required: true },
        ],
        separator: ".",
      },
    ],
    // A reminder of an alert looks like the alert itself.
    id: [],
  },
  recognition: [
    { header: "user-agent", value: /^Alertmanager\//, weight: 6 },
    { body: "version", value: /^4$/, weight: 2 },
    { body: "groupKey", weight: 1 },
    { body: "alerts.0.fingerprint", weight: 1 },
    { body: "truncatedAlerts", weight: 2 },
  ],
  help: {
    pasteUrl: "alertmanager.yml → receivers → webhook_configs → url.",
    secretWhere: "The same file: http_config → basic_auth or authorization; you choose it.",
    secretLooksLike: "user:password, or any text you made up for a bearer token.",
    pitfalls: [
      "A reminder repeats the delivery byte for byte. It counts as new here once 10 minutes have passed; choose " +
        "your own window under Duplicates if your group_interval is longer or your repeat_interval shorter.",
      "It follows a redirect with a GET, so the alert is lost: give it the address itself.",
      "Retry-After is not read: after a 429 it sends again at the next group_interval.",
    ],
    docsUrl: "https://prometheus.io/docs/alerting/latest/configuration/#webhook_config",
    eventsWorthTicking: ["alert.firing", "alert.resolved"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries:
      "At once after a 5xx, with pauses that grow, until the next group_interval; after other failures at the " +
      "next group_interval.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["User-Agent", "Alertmanager/0.25.0"],
    ],
    body:
      '{"receiver":"hookline","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"DiskFull",' +
      '"instance":"db-1"},"annotations":{"summary":"The disk is full"},"startsAt":"2026-01-01T00:00:00Z",' +
      '"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.com/graph",' +
      '"fingerprint":"c6eadffa33fcdf37"}],"groupLabels":{"alertname":"DiskFull"},' +
      '"commonLabels":{"alertname":"DiskFull","instance":"db-1"},' +
      '"commonAnnotations":{"summary":"The disk is full"},"externalURL":"http://alertmanager.example.com:9093",' +
      '"version":"4","groupKey":"{}:{alertname=\\"DiskFull\\"}","truncatedAlerts":0}',
    eventType: "alert.firing",
  },
});
