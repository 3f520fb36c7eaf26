import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Hookdeck: base64 HMAC-SHA256, two headers while a secret rotates. */
export const provider = defineProvider({
  id: "hookdeck",
  name: "Hookdeck Event Gateway",
  category: "cloud",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "hookdeck",
      label: "X-Hookdeck-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-hookdeck-signature", moreHeaders: ["x-hookdeck-signature-2"] },
      template: "{body}",
    },
  ],
  eventType: [
    { from: "header", name: "x-hookdeck-event-type" },
    { from: "body", path: "type" },
    { from: "body", path: "event" },
  ],
  dedupe: {
    sources: [
      { from: "header", name: "x-hookdeck-eventid" },
      { from: "header", name: "x-hookdeck-requestid" },
    ],
    fallback: null,
  },
  recognition: [
    { header: "x-hookdeck-signature", weight: 6 },
    { header: "x-hookdeck-eventid", weight: 4 },
    { header: "x-hookdeck-requestid", weight: 4 },
    { header: "x-hookdeck-signature-2", weight: 6 },
  ],
  help: {
    pasteUrl: "Destinations → New → HTTP → Endpoint URL.",
    secretWhere: "Project settings → Secrets → Signing secret.",
    secretLooksLike: "Letters and digits.",
    pitfalls: ["Hookdeck forwards other senders' webhooks: their own signatures are still in the headers."],
    docsUrl: "https://hookdeck.com/docs/authentication#hookdeck-webhook-signature-verification",
    eventsWorthTicking: [],
    forwarder: {
      tool: "Hookdeck CLI",
      command: "hookdeck listen {port} --path={path}",
      note: "Forwards one of your Hookdeck sources to this endpoint.",
      docsUrl: "https://hookdeck.com/docs/cli",
    },
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "A second header carries the other secret's signature.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["x-hookdeck-eventid", "evt_zDwHZxVXXB8T2N4u6d"],
      ["x-hookdeck-requestid", "req_B3bXfJwHJZ3Ur0kqmQ5M"],
    ],
    body: '{"type":"order.created","order":{"id":1042,"email":"ada@example.com"}}',
    eventType: "order.created",
  },
});
