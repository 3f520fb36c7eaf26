import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Heroku: base64 HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "heroku",
  name: "Heroku",
  category: "code",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "heroku",
      label: "Heroku-Webhook-Hmac-SHA256",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "heroku-webhook-hmac-sha256" },
      template: "{body}",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "resource", required: true },
        { from: "body", path: "action" },
      ],
      separator: ".",
    },
    { from: "body", path: "webhook_metadata.event.include" },
  ],
  dedupe: {
    sources: [
      { from: "body", path: "webhook_metadata.delivery.id" },
      { from: "body", path: "id" },
    ],
    fallback: null,
  },
  recognition: [
    { header: "heroku-webhook-hmac-sha256", weight: 6 },
    { header: "heroku-webhook-id", weight: 4 },
    { body: "webhook_metadata.event.include", weight: 6 },
  ],
  help: {
    pasteUrl: "heroku webhooks:add -u <URL>, or the app's More → View webhooks.",
    secretWhere: "You choose it (-s), or it is shown once when the webhook is created.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [],
    docsUrl: "https://devcenter.heroku.com/articles/app-webhooks",
    eventsWorthTicking: ["release.create", "build.update", "dyno.create"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["Heroku-Webhook-Id", "0123-4567"],
    ],
    body:
      '{"id":"01234567-89ab-cdef-0123-456789abcdef","action":"create","resource":"release",' +
      '"actor":{"email":"ada@example.com"},"created_at":"2026-01-01T00:00:00Z",' +
      '"data":{"app":{"name":"example-app"},"status":"succeeded","version":42},' +
      '"webhook_metadata":{"event":{"id":"89abcdef","include":"api:release"},"delivery":{"id":"0123-4567"}}}',
    eventType: "release.create",
  },
});
