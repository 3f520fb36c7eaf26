import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Mux: timestamped HMAC in Stripe's form. */
export const provider = defineProvider({
  id: "mux",
  name: "Mux",
  category: "media",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "mux",
      label: "Mux-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "mux-signature", itemSeparator: ",", fieldSeparator: "=", field: "v1" },
      timestamp: { field: "t", toleranceSeconds: 300 },
      template: "{timestamp}.{body}",
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { header: "mux-signature", weight: 6 },
    { body: "type", value: /^video\.(asset|live_stream|upload)\./, weight: 3 },
    { body: "environment.id", weight: 2 },
    { header: "user-agent", value: /^Mux/, weight: 2 },
  ],
  help: {
    pasteUrl: "Dashboard → Settings → Webhooks → Create new webhook → URL to notify.",
    secretWhere: "The same list: Show signing secret.",
    secretLooksLike: "Letters and digits.",
    pitfalls: [],
    docsUrl: "https://www.mux.com/docs/core/listen-for-webhooks",
    eventsWorthTicking: ["video.asset.ready", "video.upload.asset_created", "video.asset.errored"],
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
      '{"type":"video.asset.ready","id":"3a56ac3d-33da-4366-855b-f592d898409d",' +
      '"created_at":"2026-01-01T00:00:00.000000Z","object":{"type":"asset",' +
      '"id":"0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002"},"environment":{"name":"Production","id":"j0863n"},' +
      '"data":{"status":"ready","duration":23.8}}',
    eventType: "video.asset.ready",
  },
});
