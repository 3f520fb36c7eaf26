import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** PagerDuty v3: HMAC-SHA256, several signatures while secrets rotate. */
export const provider = defineProvider({
  id: "pagerduty",
  name: "PagerDuty",
  category: "monitoring",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "hmac",
      id: "pagerduty",
      label: "X-PagerDuty-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-pagerduty-signature", itemSeparator: ",", fieldSeparator: "=", field: "v1" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "event.event_type" }],
  dedupe: { sources: [{ from: "body", path: "event.id" }], fallback: null },
  handshakes: [
    {
      id: "ping",
      when: { methods: ["POST"], bodyEquals: ["event.event_type", "pagey.ping"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "PagerDuty sends a test event.",
    },
  ],
  recognition: [
    { header: "x-pagerduty-signature", weight: 6 },
    { header: "x-webhook-subscription", weight: 4 },
    { body: "event.event_type", value: /^(incident|service|pagey)\./, weight: 3 },
    { header: "user-agent", value: /^PagerDuty/, weight: 3 },
    { body: "event.resource_type", weight: 2 },
    { body: "event.occurred_at", weight: 1 },
  ],
  help: {
    pasteUrl: "Integrations → Generic Webhooks (v3) → New Webhook → Webhook URL.",
    secretWhere: "Shown once when the webhook is created.",
    secretLooksLike: "Letters and digits.",
    pitfalls: ["A 4xx drops the event: temporary trouble must be answered 5xx."],
    docsUrl: "https://developer.pagerduty.com/docs/webhooks-overview",
    eventsWorthTicking: ["incident.triggered", "incident.acknowledged", "incident.resolved", "incident.escalated"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "Any 2xx within 5 seconds (16 for custom incident actions).",
    retries:
      "Up to 48 hours after timeouts, 5xx, 429 and connection errors. Other 4xx drop the event; three in a row " +
      "switch the webhook off for 24 hours.",
    rotation: "The header is a list: one signature per secret, any may match.",
  },
  addresses: {
    ranges: [],
    url: "https://developer.pagerduty.com/ip-safelists/webhooks-us-service-region-json",
    note: "PagerDuty publishes a list per region.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Webhook-Id", "b0dc1e4c-6a5c-4c26-b5d2-8f1d4b7a9e0f"],
      ["X-Webhook-Subscription", "PH3QZ6W"],
    ],
    body:
      '{"event":{"id":"5ac64822-4adc-4fda-ade0-410becf0de4f","event_type":"incident.priority_updated",' +
      '"resource_type":"incident","occurred_at":"2026-01-01T00:00:00.000Z","agent":{"id":"PLH1HKV",' +
      '"type":"user_reference"},"data":{"id":"PGR0VU2","type":"incident","number":2,"status":"triggered",' +
      '"title":"A little bump in the road","service":{"id":"PF9KMXH","summary":"API Service"}}}}',
    eventType: "incident.priority_updated",
  },
});
