import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Zendesk: base64 HMAC over time and body, any method. */
export const provider = defineProvider({
  id: "zendesk",
  name: "Zendesk",
  category: "crm",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "zendesk",
      label: "X-Zendesk-Webhook-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-zendesk-webhook-signature" },
      timestamp: { header: "x-zendesk-webhook-signature-timestamp", format: "iso8601", toleranceSeconds: 300 },
      template: "{timestamp}{body}",
      publicSecrets: ["dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="],
    },
  ],
  eventType: [
    { from: "body", path: "type" },
    { from: "body", path: "event_type" },
  ],
  dedupe: { sources: [{ from: "header", name: "x-zendesk-webhook-invocation-id" }], fallback: null },
  recognition: [
    { header: "x-zendesk-webhook-id", weight: 6 },
    { header: "x-zendesk-webhook-signature", weight: 6 },
    { header: "x-zendesk-account-id", weight: 2 },
  ],
  help: {
    pasteUrl: "Admin Center → Apps and integrations → Webhooks → Create webhook → Endpoint URL.",
    secretWhere: "The webhook's page: Reveal secret.",
    secretLooksLike: "Base64 text, used as it is.",
    pitfalls: [
      "The test button signs with a published secret, which is never accepted here.",
      "Method and body of trigger webhooks are what you typed.",
    ],
    docsUrl: "https://developer.zendesk.com/documentation/webhooks/verifying/",
    eventsWorthTicking: ["zen:event-type:ticket.created", "zen:event-type:ticket.status_changed"],
  },
  delivery: {
    ackDeadlineSeconds: 12,
    answer: "Any 2xx within 12 seconds.",
    retries:
      "3 times after a 409; after 429 and 503 when Retry-After is under 60 seconds. Deliveries stop for a " +
      "while when 70 % of 1,000 fail.",
    rotation: "Resetting the secret takes effect at once: configure both within a minute.",
  },
  addresses: {
    ranges: ["216.198.0.0/18"],
    url: "https://support.zendesk.com/hc/articles/4408842860186",
    note: "Zendesk sends from one range; your account lists its own at https://SUBDOMAIN.zendesk.com/ips.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Zendesk-Webhook-Id", "01HDYTC4V0BRQ2M8K2NQ6Y3Z6A"],
      ["X-Zendesk-Webhook-Invocation-Id", "01HDYTC4V0BRQ2M8K2NQ6Y3Z6B"],
    ],
    body:
      '{"account_id":22129848,"detail":{"actor_id":"8447388090494","id":"5158","priority":"NORMAL",' +
      '"status":"OPEN","subject":"Printer on fire"},"event":{"meta":{"version":1}},' +
      '"id":"cbe4028c-7239-495d-b020-f22348516046","subject":"zen:ticket:5158",' +
      '"time":"2026-01-01T00:00:00.000000000Z","type":"zen:event-type:ticket.created",' +
      '"zendesk_event_version":"2022-11-06"}',
    eventType: "zen:event-type:ticket.created",
  },
});
