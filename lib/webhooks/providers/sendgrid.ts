import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** SendGrid: ECDSA P-256 over timestamp and raw body, an array of events in one post. */
export const provider = defineProvider({
  id: "sendgrid",
  name: "SendGrid Event Webhook",
  category: "mail",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "asymmetric",
      id: "sendgrid",
      label: "Signed event webhook",
      algorithm: "ecdsa-p256-sha256",
      encoding: "base64",
      publicKey: "spki-der-base64",
      signature: { header: "x-twilio-email-event-webhook-signature" },
      timestamp: { header: "x-twilio-email-event-webhook-timestamp", toleranceSeconds: 600 },
      template: "{timestamp}{body}",
    },
  ],
  eventType: [{ from: "body", path: "0.event" }],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        {
          from: "each",
          list: "",
          parts: [
            { from: "body", path: "sg_event_id", required: true },
            { from: "body", path: "event" },
            { from: "body", path: "timestamp" },
          ],
          separator: ":",
          required: true,
        },
      ],
      windowSeconds: 604_800,
    },
  },
  batch: {
    itemIs: "e-mail event",
    path: "",
    eventType: [{ from: "body", path: "event" }],
    id: [{ from: "body", path: "sg_event_id" }],
  },
  recognition: [
    { header: "x-twilio-email-event-webhook-signature", weight: 6 },
    { header: "user-agent", value: /^SendGrid/, weight: 3 },
    { body: "0.sg_event_id", weight: 6 },
    { body: "0.sg_message_id", weight: 2 },
  ],
  help: {
    pasteUrl: "Settings → Mail Settings → Event Webhook → Post URL.",
    secretWhere: "In the same dialog: switch on Signed Event Webhook and copy the verification key.",
    secretLooksLike: "A public key in base64, beginning MFkwEwYH….",
    pitfalls: [
      "The line break at the end of the body is signed too.",
      "One request carries many events: split them when each should run on its own.",
    ],
    docsUrl:
      "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/" +
      "getting-started-event-webhook-security-features",
    eventsWorthTicking: ["delivered", "bounce", "open", "click", "spamreport", "unsubscribe"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "Up to 24 hours.",
    rotation: "One key per webhook: make a new webhook to change it.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '[{"email":"ada@example.com","timestamp":1767225600,"smtp-id":"<14c5d75ce93.dfd.64b469@ismtpd-555>",' +
      '"event":"delivered","sg_event_id":"ZGVsaXZlcmVkLTAtMTAwMDAwMDA",' +
      '"sg_message_id":"14c5d75ce93.dfd.64b469.filter0001","response":"250 OK"}]\r\n',
    eventType: "delivered",
  },
});
