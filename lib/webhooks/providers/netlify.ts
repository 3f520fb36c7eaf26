import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Netlify: a JWS whose claims hold the hash of the body. */
export const provider = defineProvider({
  id: "netlify",
  name: "Netlify",
  category: "code",
  confidence: { signing: "cross-checked", delivery: "unsure" },
  schemes: [
    {
      kind: "jwt",
      id: "netlify",
      label: "X-Webhook-Signature (JWS)",
      header: "x-webhook-signature",
      bearer: "none",
      algorithms: ["HS256"],
      keys: { from: "secret" },
      issuers: ["netlify"],
      bodyHashClaim: "sha256",
      clockSkewSeconds: 60,
    },
  ],
  eventType: [
    { from: "header", name: "x-netlify-event" },
    { from: "body", path: "state" },
  ],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "id", required: true },
          { from: "body", path: "state" },
          { from: "body", path: "updated_at" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  recognition: [
    { header: "x-netlify-event", weight: 6 },
    { header: "x-webhook-signature", value: /^eyJ/, weight: 2 },
    { body: "deploy_ssl_url", weight: 3 },
    { body: "site_id", weight: 1 },
    { body: "admin_url", weight: 1 },
    { header: "user-agent", value: /^Netlify/, weight: 3 },
    { body: "ordered_human_fields", weight: 3 },
    // A token whose claims hold "netlify", in any of the three alignments of base64.
    { header: "x-webhook-signature", value: /^eyJ[\w-]*\.[\w-]*(?:bmV0bGlme|uZXRsaWZ5|5ldGxpZn)/, weight: 4 },
  ],
  help: {
    pasteUrl: "Project configuration → Notifications → Deploy notifications → Add → HTTP POST request → URL to notify.",
    secretWhere: "The same form: JWS secret token; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["Six failures in a row switch the hook off."],
    docsUrl: "https://docs.netlify.com/deploy/deploy-notifications/",
    eventsWorthTicking: ["deploy_created", "deploy_building", "deploy_failed"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "A few; switched off after 6 failures in a row.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Netlify-Event", "deploy_created"],
    ],
    body:
      '{"id":"5b1c2d3e4f5a6b7c8d9e0f1a","site_id":"3970e0fe-8564-4903-9a55-c5f8de49fb8b","build_id":"5b1c2d3e",' +
      '"state":"ready","name":"synergy","url":"http://www.example.com","created_at":"2026-01-01T00:00:00.000Z",' +
      '"updated_at":"2026-01-01T00:00:30.000Z","branch":"main"}',
    eventType: "deploy_created",
  },
});
