import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Grafana alerting: HMAC over the raw body, or over time and body when a timestamp header is set. */
export const provider = defineProvider({
  id: "grafana",
  name: "Grafana alerting",
  category: "monitoring",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "grafana",
      label: "X-Grafana-Alerting-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-grafana-alerting-signature", headerOption: "signatureHeader" },
      timestamp: {
        header: "x-grafana-alerting-timestamp",
        headerOption: "timestampHeader",
        toleranceSeconds: 300,
        optional: true,
      },
      template: "{timestamp}:{body}",
      templateWithoutTimestamp: "{body}",
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
      id: "signatureHeader",
      label: "Signature header",
      help: "Only when the contact point names another header than X-Grafana-Alerting-Signature.",
      kind: "text",
      required: false,
    },
    {
      id: "timestampHeader",
      label: "Timestamp header",
      help: "The header the contact point puts the time in. Once you name it here, deliveries without it are refused.",
      kind: "text",
      required: false,
    },
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
    fallback: null,
    advice: {
      why: "Grafana sends an alert that still fires again as a reminder, which looks like a repeat.",
      fields: [
        { from: "body", path: "groupKey" },
        { from: "body", path: "status" },
        { from: "body", path: "alerts" },
      ],
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
    // A reminder of an alert looks like the alert itself: only the owner knows whether it is wanted.
    id: [],
  },
  recognition: [
    { header: "x-grafana-alerting-signature", weight: 6 },
    { body: "groupKey", weight: 2 },
    // Prometheus sends all of this but the last two.
    { body: "alerts.0.fingerprint", weight: 1 },
    { body: "orgId", weight: 3 },
    { body: "alerts.0.silenceURL", weight: 3 },
    { header: "user-agent", value: /^Grafana/, weight: 3 },
  ],
  help: {
    pasteUrl: "Alerting → Contact points → Add contact point → Webhook → URL.",
    secretWhere: "The same form: HMAC signature → Secret; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "Enter a timestamp header in the same form, such as X-Grafana-Alerting-Timestamp, and here: without it a " +
        "delivery can be replayed.",
      "Older versions offer only Basic or a bearer token.",
    ],
    docsUrl:
      "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/" +
      "integrations/webhook-notifier/",
    eventsWorthTicking: ["alert.firing", "alert.resolved"],
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
      '{"receiver":"My webhook","status":"firing","alerts":[{"status":"firing",' +
      '"labels":{"alertname":"High memory usage","team":"blue"},"annotations":{"summary":"Memory"},' +
      '"startsAt":"2026-01-01T00:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"c6eadffa33fcdf37"}],' +
      '"groupLabels":{},"commonLabels":{"team":"blue"},"externalURL":"https://grafana.example.com/",' +
      '"version":"1","groupKey":"{}:{}","truncatedAlerts":0,"orgId":1,"title":"[FIRING:1]","state":"alerting"}',
    eventType: "alert.firing",
  },
});
