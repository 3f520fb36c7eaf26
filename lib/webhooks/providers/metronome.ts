import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Metronome: HMAC over an HTTP date, a line break and the raw body. */
export const provider = defineProvider({
  id: "metronome",
  name: "Metronome",
  category: "payments",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "metronome",
      label: "Metronome-Webhook-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "metronome-webhook-signature" },
      timestamp: { header: "x-metronome-date", fallbackHeader: "date", format: "http-date", toleranceSeconds: 300 },
      template: "{timestamp}\n{body}",
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { header: "metronome-webhook-signature", weight: 6 },
    { header: "x-metronome-date", weight: 4 },
  ],
  help: {
    pasteUrl: "Connections → Webhooks → Add webhook → URL.",
    secretWhere: "Shown once when the webhook is created.",
    secretLooksLike: "64 hexadecimal characters.",
    pitfalls: ["The time is an HTTP date."],
    docsUrl: "https://docs.metronome.com/connect-metronome/webhooks/",
    eventsWorthTicking: ["alerts.spend_threshold_reached", "invoice.finalized"],
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
      '{"id":"2d2bbe92-5d6f-4e2b-8a1f-0c9d8e7f6a5b","type":"alerts.spend_threshold_reached",' +
      '"properties":{"customer_id":"4db51251-61de-4bfe-b9ce-495e244f3491","threshold":100},' +
      '"timestamp":"2026-01-01T00:00:00Z"}',
    eventType: "alerts.spend_threshold_reached",
  },
});
