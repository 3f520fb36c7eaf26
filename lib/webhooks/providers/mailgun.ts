import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Mailgun: HMAC over time and token, both in the body; the event itself is not covered. */
export const provider = defineProvider({
  id: "mailgun",
  name: "Mailgun",
  category: "mail",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "choice",
      id: "auto",
      label: "Events or inbound routes, by the content type",
      rules: [
        { mediaType: "application/x-www-form-urlencoded", use: "route" },
        { mediaType: "multipart/form-data", use: "route" },
      ],
      otherwise: "event",
    },
    {
      kind: "hmac",
      id: "event",
      label: "Event webhooks",
      aliases: ["mailgun"],
      algorithm: "sha256",
      encoding: "hex",
      signature: { bodyPath: "signature.signature" },
      timestamp: { bodyPath: "signature.timestamp", toleranceSeconds: 300 },
      template: "{timestamp}{body:signature.token}",
    },
    {
      kind: "hmac",
      id: "route",
      label: "Inbound routes",
      algorithm: "sha256",
      encoding: "hex",
      signature: { bodyPath: "signature" },
      timestamp: { bodyPath: "timestamp", toleranceSeconds: 300 },
      template: "{timestamp}{body:token}",
    },
  ],
  eventType: [
    { from: "body", path: "event-data.event" },
    { from: "constant", value: "inbound" },
  ],
  dedupe: {
    sources: [
      { from: "body", path: "event-data.id" },
      { from: "body", path: "Message-Id" },
      { from: "body", path: "signature.token" },
    ],
    fallback: null,
  },
  reply: { status: 200, headers: [], body: "", why: "Mailgun counts only 200 as delivered." },
  recognition: [
    { body: "signature.token", weight: 3 },
    { body: "event-data.event", weight: 4 },
    { body: "body-plain", weight: 2 },
    { body: "message-headers", weight: 3 },
    { body: "recipient", weight: 1 },
    { header: "user-agent", value: /^mailgun/, weight: 3 },
  ],
  help: {
    pasteUrl: "Sending → Webhooks → Add webhook → URL (or a route with forward()).",
    secretWhere: "Sending → Webhooks → HTTP webhook signing key.",
    secretLooksLike: "32 hexadecimal characters.",
    pitfalls: [
      "The signature covers time and token only: event-data is not protected by it.",
      "406 stops the retries.",
    ],
    docsUrl: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    eventsWorthTicking: ["delivered", "failed", "opened", "clicked", "complained", "unsubscribed"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "200; a 406 stops the retries.",
    retries: "After 10, 10, 15 and 30 minutes, then 1, 2 and 4 hours.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"signature":{"timestamp":"1767225600","token":"50dcec4a2d0ef27036c44ff39ce7324b5de0b8ebd08d99d4e5",' +
      '"signature":""},"event-data":{"event":"opened","id":"Ase7i2zsRYeDXztHGENqRA","timestamp":1767225600.123,' +
      '"recipient":"ada@example.com","message":{"headers":{' +
      '"message-id":"20130503182626.18666.16540@example.com"}}}}',
    eventType: "opened",
  },
});
