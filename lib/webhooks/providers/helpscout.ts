import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Help Scout: base64 HMAC-SHA1 over the raw body. */
export const provider = defineProvider({
  id: "helpscout",
  name: "Help Scout",
  category: "crm",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "helpscout",
      label: "X-HelpScout-Signature",
      algorithm: "sha1",
      encoding: "base64",
      signature: { header: "x-helpscout-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "header", name: "x-helpscout-event" }],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why:
        "Help Scout sends the conversation as it is, without an id or a time of the event, so a repeat looks " +
        "like the next event.",
      fields: [
        { from: "header", name: "x-helpscout-event" },
        { from: "body", path: "id" },
        { from: "body", path: "userUpdatedAt" },
      ],
    },
  },
  recognition: [
    { header: "x-helpscout-signature", weight: 6 },
    { header: "x-helpscout-event", weight: 5 },
  ],
  help: {
    pasteUrl: "Manage → Apps → Webhooks → Callback URL.",
    secretWhere: "The same form: Secret key; you choose it.",
    secretLooksLike: "Up to 40 characters you made up.",
    pitfalls: ["The hash is SHA-1."],
    docsUrl: "https://developer.helpscout.com/webhooks/",
    eventsWorthTicking: ["convo.created", "convo.customer.reply.created", "customer.created"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-HelpScout-Event", "convo.created"],
    ],
    body:
      '{"id":1,"number":12,"type":"email","folderId":"11","status":"active","state":"published","subject":"Help",' +
      '"mailboxId":85,"userUpdatedAt":"2026-01-01T00:00:00Z","primaryCustomer":{"id":238604,' +
      '"email":"ada@example.com"}}',
    eventType: "convo.created",
  },
});
