import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Cloud Monitoring alerts: a token in the URL or Basic credentials. */
export const provider = defineProvider({
  id: "google-cloud-monitoring",
  name: "Google Cloud Monitoring",
  category: "monitoring",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "choice",
      id: "auto",
      label: "By the request: auth_token in the URL, else Basic credentials",
      rules: [
        { query: "auth_token", use: "query" },
        { header: "authorization", use: "basic" },
      ],
      otherwise: "query",
    },
    {
      kind: "token",
      id: "query",
      label: "auth_token in the URL",
      place: { query: "auth_token" },
    },
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      place: { header: "authorization" },
      prefix: "basic",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "constant", value: "incident" },
        { from: "body", path: "incident.state", required: true },
      ],
      separator: ".",
    },
  ],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "Cloud Monitoring can send an open incident again as a reminder, which looks like a repeat.",
      fields: [
        { from: "body", path: "incident.incident_id" },
        { from: "body", path: "incident.state" },
      ],
    },
  },
  recognition: [
    { body: "incident.incident_id", weight: 4 },
    { body: "incident.policy_name", weight: 3 },
    { query: "auth_token", weight: 1 },
    { header: "user-agent", value: /^Google-Alerts/, weight: 3 },
  ],
  help: {
    pasteUrl:
      "Monitoring → Alerting → Edit notification channels → Webhooks → Add new; append ?auth_token=… to the " +
      "URL or tick Basic auth.",
    secretWhere: "You choose it.",
    secretLooksLike: "Any text you made up; for Basic user:password.",
    pitfalls: ["A token in the URL ends up in logs of proxies."],
    docsUrl: "https://cloud.google.com/monitoring/support/notification-options#webhooks",
    eventsWorthTicking: ["incident.open", "incident.closed"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "A few, not documented in detail.",
    rotation: "Edit the channel at the sender and keep both secrets here meanwhile.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"version":"1.2","incident":{"incident_id":"0.opqiw61fsv7p","scoping_project_id":"internal-project",' +
      '"url":"https://console.cloud.google.com/monitoring/alerting/incidents/0.opqiw61fsv7p",' +
      '"started_at":1767225600,"ended_at":1767225700,"state":"closed",' +
      '"summary":"CPU utilization returned to normal","policy_name":"CPU"}}',
    eventType: "incident.closed",
  },
});
