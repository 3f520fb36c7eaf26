import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Box: HMAC over raw body and time, one header per key. */
export const provider = defineProvider({
  id: "box",
  name: "Box",
  category: "productivity",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "box",
      label: "BOX-SIGNATURE-PRIMARY / -SECONDARY",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "box-signature-primary", moreHeaders: ["box-signature-secondary"] },
      timestamp: { header: "box-delivery-timestamp", format: "iso8601", toleranceSeconds: 600 },
      template: "{body}{timestamp}",
    },
  ],
  eventType: [{ from: "body", path: "trigger" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { header: "box-signature-primary", weight: 6 },
    { header: "box-delivery-id", weight: 4 },
    { body: "type", value: /^webhook_event$/, weight: 2 },
    { body: "trigger", weight: 2 },
    { header: "box-signature-secondary", weight: 6 },
  ],
  help: {
    pasteUrl: "POST /2.0/webhooks with address, or Developer Console → your app → Webhooks.",
    secretWhere: "Developer Console → your app → Webhooks → Manage signature keys.",
    secretLooksLike: "32 letters and digits.",
    pitfalls: ["Two keys make rotation possible: configure both here.", "10 minutes of tolerance."],
    docsUrl: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
    eventsWorthTicking: ["FILE.UPLOADED", "FILE.DELETED", "COMMENT.CREATED"],
  },
  delivery: {
    ackDeadlineSeconds: 30,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Two keys, two headers: either may match.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["BOX-DELIVERY-ID", "f96bb54b-ee16-4fc5-aa65-8c2d9e5b546f"],
      ["BOX-SIGNATURE-VERSION", "1"],
      ["BOX-SIGNATURE-ALGORITHM", "HmacSHA256"],
    ],
    body:
      '{"type":"webhook_event","id":"eb0c4e06-751f-442c-86f8-fd5bb404dbec",' +
      '"created_at":"2026-01-01T00:00:00-08:00","trigger":"FILE.UPLOADED","webhook":{"id":"53","type":"webhook"},' +
      '"created_by":{"type":"user","id":"226067247","name":"Ada Lovelace"},"source":{"id":"73835521473",' +
      '"type":"file","name":"test.txt"}}',
    eventType: "FILE.UPLOADED",
  },
});
