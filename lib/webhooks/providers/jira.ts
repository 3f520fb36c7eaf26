import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Jira: HMAC-SHA256 of admin webhooks that were given a secret. */
export const provider = defineProvider({
  id: "jira",
  name: "Jira",
  category: "productivity",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "jira",
      label: "X-Hub-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-hub-signature", fieldSeparator: "=", field: "sha256" },
      template: "{body}",
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "body", path: "webhookEvent" }],
  dedupe: { sources: [{ from: "header", name: "x-atlassian-webhook-identifier" }], fallback: null },
  recognition: [
    { header: "x-atlassian-webhook-identifier", weight: 6 },
    { body: "webhookEvent", value: /^(jira:|comment_|sprint_|worklog_|user_)/, weight: 4 },
    { body: "issue.key", weight: 2 },
    { header: "user-agent", value: /^Atlassian/, weight: 2 },
    { body: "webhookEvent", value: /^(jira:|sprint_|worklog_)/, weight: 1 },
  ],
  help: {
    pasteUrl: "Settings → System → WebHooks → Create a WebHook → URL.",
    secretWhere: "The same form: Secret.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "Webhooks of Connect and OAuth apps are not signed this way.",
      "Automation rules (“send web request”) only send the headers you type.",
      "Webhooks made by apps end after 30 days unless refreshed.",
    ],
    docsUrl: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
    eventsWorthTicking: ["jira:issue_created", "jira:issue_updated", "comment_created", "sprint_started"],
  },
  delivery: {
    ackDeadlineSeconds: 20,
    answer: "Any 2xx within 20 to 30 seconds.",
    retries: "Up to 5 tries, 5 to 15 minutes apart, after 408, 409, 425, 429, 5xx and connection errors.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: [],
    url: "https://ip-ranges.atlassian.com/",
    note: "Atlassian publishes its ranges.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Atlassian-Webhook-Identifier", "8b5f1c2d-3e4f-4a5b-8c6d-7e8f9a0b1c2d"],
      ["User-Agent", "Atlassian Webhook HTTP Client"],
    ],
    body:
      '{"timestamp":1767225600000,"webhookEvent":"jira:issue_created","issue_event_type_name":"issue_created",' +
      '"user":{"displayName":"Ada Lovelace"},"issue":{"id":"10002","key":"ED-1",' +
      '"fields":{"summary":"Something broke","status":{"name":"To Do"}}}}',
    eventType: "jira:issue_created",
  },
});
