import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Airtable: HMAC-SHA256 with a base64 key; the body only says that something changed. */
export const provider = defineProvider({
  id: "airtable",
  name: "Airtable",
  category: "productivity",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "airtable",
      label: "X-Airtable-Content-MAC",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-airtable-content-mac", fieldSeparator: "=", field: "hmac-sha256" },
      template: "{body}",
      key: { decode: "base64" },
    },
  ],
  eventType: [{ from: "constant", value: "change" }],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        { from: "body", path: "base.id" },
        { from: "body", path: "webhook.id" },
        { from: "body", path: "timestamp", required: true },
      ],
      windowSeconds: 604_800,
    },
  },
  reply: { status: 200, headers: [], body: "", why: "Airtable wants an empty 200 or 204." },
  recognition: [
    { header: "x-airtable-content-mac", weight: 6 },
    { body: "base.id", value: /^app/, weight: 3 },
    { body: "webhook.id", value: /^ach/, weight: 3 },
  ],
  help: {
    pasteUrl: "POST /v0/bases/{baseId}/webhooks with notificationUrl.",
    secretWhere: "The answer to that call: macSecretBase64, shown once.",
    secretLooksLike: "Base64 text.",
    pitfalls: [
      "The body only names base and webhook: fetch the payloads from the API.",
      "A webhook ends after 7 days unless refreshed.",
    ],
    docsUrl: "https://airtable.com/developers/web/api/webhooks-overview",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "200 or 204 with an empty body.",
    retries: "With growing pauses; switched off after repeated failures.",
    rotation: "Create the webhook again.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"base":{"id":"app00000000000000"},"webhook":{"id":"ach00000000000000"},' +
      '"timestamp":"2026-01-01T00:00:00.000Z"}',
    eventType: "change",
  },
});
