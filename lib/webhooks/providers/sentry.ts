import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Sentry integrations: HMAC-SHA256 over the raw body; the answer is due within a second. */
export const provider = defineProvider({
  id: "sentry",
  name: "Sentry",
  category: "monitoring",
  confidence: { signing: "cross-checked", delivery: "verified" },
  schemes: [
    {
      kind: "hmac",
      id: "sentry",
      label: "Sentry-Hook-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "sentry-hook-signature" },
      template: "{body}",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "header", name: "sentry-hook-resource", required: true },
        { from: "body", path: "action" },
      ],
      separator: ".",
    },
    { from: "body", path: "action" },
  ],
  dedupe: { sources: [{ from: "header", name: "request-id" }], fallback: null },
  recognition: [
    { header: "sentry-hook-resource", weight: 6 },
    { header: "sentry-hook-signature", weight: 6 },
    { header: "sentry-hook-timestamp", weight: 2 },
    { body: "actor.id", value: /^sentry$/, weight: 3 },
    { body: "installation.uuid", weight: 3 },
  ],
  help: {
    pasteUrl: "Settings → Developer Settings → your integration → Webhook URL.",
    secretWhere: "The same page: Client Secret.",
    secretLooksLike: "64 hexadecimal characters.",
    pitfalls: ["Sentry waits one second.", "Sentry-Hook-Timestamp is not signed."],
    docsUrl: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
    eventsWorthTicking: ["issue.created", "issue.resolved", "event_alert.triggered", "error.created"],
  },
  delivery: {
    ackDeadlineSeconds: 1,
    answer: "Any 2xx within 1 second.",
    retries: "None documented; unsubscribed after about 1,000 timeouts in 24 hours.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: [],
    url: "https://docs.sentry.io/security-legal-pii/security/ip-ranges/",
    note: "Sentry lists the addresses its outgoing requests come from.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["Sentry-Hook-Resource", "issue"],
      ["Sentry-Hook-Timestamp", "1767225600"],
      ["Request-ID", "4c3b2a19-0f8e-4d7c-9b6a-5e4f3d2c1b0a"],
    ],
    body:
      '{"action":"created","installation":{"uuid":"24b3ee8f-cc5b-4b6d-8f0a-0c1d2e3f4a5b"},' +
      '"data":{"issue":{"id":"1170820242","shortId":"BLANKET-2","title":"ReferenceError: heck is not defined",' +
      '"level":"error","status":"unresolved","project":{"slug":"front-end"}}},"actor":{"type":"application",' +
      '"id":"sentry","name":"Sentry"}}',
    eventType: "issue.created",
  },
});
