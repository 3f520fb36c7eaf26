import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** WorkOS: timestamped HMAC in milliseconds. */
export const provider = defineProvider({
  id: "workos",
  name: "WorkOS",
  category: "identity",
  confidence: { signing: "verified", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "workos",
      label: "WorkOS-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "workos-signature", itemSeparator: ",", fieldSeparator: "=", field: "v1", trimItems: true },
      timestamp: { field: "t", unit: "ms", toleranceSeconds: 180 },
      template: "{timestamp}.{body}",
    },
  ],
  eventType: [{ from: "body", path: "event" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { header: "workos-signature", weight: 6 },
    { header: "user-agent", value: /^WorkOS/, weight: 3 },
    { body: "id", value: /^event_01[0-9A-Z]{10,}$/, weight: 4 },
    { body: "event", value: /^(dsync|connection|user|organization|session|authentication|role)\./, weight: 1 },
  ],
  help: {
    pasteUrl: "Dashboard → Webhooks → Create Webhook → Endpoint URL.",
    secretWhere: "The endpoint's page: Signing secret.",
    secretLooksLike: "Letters and digits.",
    pitfalls: ["The sender's library signs a re-serialised body; what is sent is that same text."],
    docsUrl: "https://workos.com/docs/events/data-syncing/webhooks",
    eventsWorthTicking: ["dsync.user.created", "dsync.user.updated", "connection.activated"],
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
      '{"id":"event_01FKJ843CVE8F7BXQSPFH0M53V","event":"dsync.user.updated",' +
      '"data":{"id":"directory_user_01E1X1B89NH8Z3SDFJR4H7RGX7","first_name":"Ada","last_name":"Lovelace",' +
      '"emails":[{"type":"work","value":"ada@example.com","primary":true}]},' +
      '"created_at":"2026-01-01T00:00:00.000Z"}',
    eventType: "dsync.user.updated",
  },
});
