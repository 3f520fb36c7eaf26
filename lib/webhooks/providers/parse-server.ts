import { defineProvider } from "#lib/webhooks/define-provider.ts";

/**
 * Cloud code webhooks of Parse Server: triggers and functions. The status decides: from 400 on the request of the app
 * fails, whatever the body says. Seen with version 9.10.0.
 */
export const provider = defineProvider({
  id: "parse-server",
  name: "Parse Server",
  category: "code",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "token",
      id: "webhook-key",
      label: "X-Parse-Webhook-Key",
      place: { header: "x-parse-webhook-key" },
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "triggerName", required: true },
        { from: "body", path: "object.className" },
      ],
      separator: ".",
    },
    { from: "body", path: "functionName" },
  ],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "A trigger is sent once, and the same object is saved again in the same form.",
      fields: [
        { from: "body", path: "triggerName" },
        { from: "body", path: "object.objectId" },
        { from: "body", path: "object.updatedAt" },
      ],
    },
  },
  recognition: [
    { header: "x-parse-webhook-key", weight: 6 },
    { body: "triggerName", value: /^(before|after)(Save|Delete|Find)$/, weight: 4 },
    { body: "functionName", weight: 2 },
    { body: "master", value: /^(true|false)$/, weight: 2 },
  ],
  help: {
    pasteUrl: "POST /hooks/triggers or /hooks/functions of your server with the URL, or the dashboard's Webhooks page.",
    secretWhere: "The server's option webhookKey.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "The app waits for the answer: 202, 204 and plain text are taken as success.",
      "The body carries the headers of the app's own request, session token among them.",
    ],
    docsUrl: "https://docs.parseplatform.org/rest/guide/#hooks",
    eventsWorthTicking: ["afterSave"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx; from 400 on the app's request fails.",
    retries: "None.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"master":false,"triggerName":"afterSave","object":{"className":"Order","objectId":"Ed1nuqPvcm",' +
      '"total":42,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z"},"headers":{},' +
      '"installationId":"cloud"}',
    eventType: "afterSave.Order",
  },
});
