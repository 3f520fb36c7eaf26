import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Adyen: payment webhooks sign eight fields of every item; platform webhooks sign the raw body. */
export const provider = defineProvider({
  id: "adyen",
  name: "Adyen",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "choice",
      id: "auto",
      label: "By the request: a signature header means platform webhooks",
      rules: [{ header: "hmacsignature", use: "platform" }],
      otherwise: "payment",
    },
    {
      kind: "hmac",
      id: "platform",
      label: "Platform webhooks (HmacSignature header)",
      aliases: ["adyen-platform"],
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "hmacsignature" },
      template: "{body}",
      key: { decode: "hex" },
    },
    {
      kind: "custom",
      id: "payment",
      label: "Payment webhooks (signature in every item)",
      aliases: ["adyen-payment"],
      verifier: "adyen-payment",
    },
  ],
  eventType: [
    { from: "body", path: "notificationItems.0.NotificationRequestItem.eventCode" },
    { from: "body", path: "type" },
  ],
  dedupe: {
    sources: [
      {
        from: "each",
        list: "notificationItems",
        parts: [
          { from: "body", path: "NotificationRequestItem.pspReference", required: true },
          { from: "body", path: "NotificationRequestItem.eventCode" },
          { from: "body", path: "NotificationRequestItem.success" },
        ],
        separator: ":",
      },
      {
        from: "join",
        parts: [
          { from: "body", path: "type", required: true },
          { from: "body", path: "data.id", required: true },
          { from: "body", path: "timestamp", required: true },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  reply: {
    status: 200,
    headers: [["content-type", "text/plain"]],
    body: "[accepted]",
    why: "Older Adyen accounts wait for this word; newer ones do not mind it.",
  },
  batch: {
    itemIs: "notification",
    path: "notificationItems",
    eventType: [{ from: "body", path: "NotificationRequestItem.eventCode" }],
    id: [
      {
        from: "join",
        parts: [
          { from: "body", path: "NotificationRequestItem.pspReference", required: true },
          { from: "body", path: "NotificationRequestItem.eventCode" },
          { from: "body", path: "NotificationRequestItem.success" },
        ],
        separator: ":",
      },
    ],
  },
  recognition: [
    { header: "hmacsignature", weight: 6 },
    { body: "notificationItems.0.NotificationRequestItem.pspReference", weight: 6 },
  ],
  help: {
    pasteUrl: "Customer Area → Developers → Webhooks → Create new webhook → URL.",
    secretWhere: "The same page: HMAC key → Generate.",
    secretLooksLike: "64 hexadecimal characters.",
    pitfalls: ["Of a payment item only eight fields are signed.", "The queue waits until a delivery is accepted."],
    docsUrl: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
    eventsWorthTicking: ["AUTHORISATION", "CAPTURE", "REFUND", "CHARGEBACK"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within 10 seconds; older accounts want the text [accepted], which Hookline sends.",
    retries:
      "3 at once, then after 2, 5, 10, 15, 30 minutes and on for up to 7 days; the queue waits until a " +
      "delivery is accepted.",
    rotation: "Both keys are valid for a while: configure both here.",
  },
  addresses: {
    ranges: [],
    url: "https://docs.adyen.com/development-resources/webhooks/domain-and-ip-addresses",
    note: "Adyen asks to check the domain out.adyen.com instead.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":""},' +
      '"amount":{"currency":"EUR","value":1130},"eventCode":"AUTHORISATION",' +
      '"eventDate":"2026-01-01T00:00:00+01:00","merchantAccountCode":"TestMerchant",' +
      '"merchantReference":"TestPayment-1407325143704","originalReference":"","paymentMethod":"visa",' +
      '"pspReference":"7914073381342284","success":"true"}}]}',
    eventType: "AUTHORISATION",
  },
});
