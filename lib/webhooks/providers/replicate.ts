import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { STANDARD_HMAC } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** Replicate: Standard Webhooks. */
export const provider = defineProvider({
  id: "replicate",
  name: "Replicate",
  category: "cloud",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [{ ...STANDARD_HMAC, id: "replicate", label: "Standard Webhooks", aliases: [] }],
  eventType: [
    { from: "body", path: "type" },
    { from: "body", path: "status" },
  ],
  dedupe: { sources: [{ from: "header", name: "webhook-id" }], fallback: null },
  recognition: [
    { header: "webhook-id", weight: 2 },
    { body: "urls.get", value: /^https:\/\/api\.replicate\.com\//, weight: 4 },
  ],
  help: {
    pasteUrl: "The field webhook of a prediction or training.",
    secretWhere: "GET /v1/webhooks/default/secret.",
    secretLooksLike: "whsec_ and base64.",
    pitfalls: [],
    docsUrl: "https://replicate.com/docs/topics/webhooks",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer: "Any 2xx in 15 seconds.",
    retries: "Only the last event of a prediction is sent again.",
    rotation: "The signature header is a list: during a rotation it carries one signature per secret.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
    ],
    body:
      '{"id":"ufawqhfynnddngldkgtslldrkq",' +
      '"version":"5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",' +
      '"created_at":"2026-01-01T00:00:00.000Z","started_at":"2026-01-01T00:00:01.000Z",' +
      '"completed_at":"2026-01-01T00:00:09.000Z","status":"succeeded","input":{"text":"Alice"},' +
      '"output":["https://replicate.delivery/pbxt/1.png"],' +
      '"urls":{"get":"https://api.replicate.com/v1/predictions/ufawqhfynnddngldkgtslldrkq"}}',
    eventType: "succeeded",
  },
});
