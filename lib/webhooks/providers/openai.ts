import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { STANDARD_HMAC } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** OpenAI: Standard Webhooks. */
export const provider = defineProvider({
  id: "openai",
  name: "OpenAI",
  category: "cloud",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [{ ...STANDARD_HMAC, id: "openai", label: "Standard Webhooks", aliases: [] }],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "header", name: "webhook-id" }], fallback: null },
  recognition: [
    { header: "webhook-id", weight: 2 },
    { body: "type", value: /^(response|batch|fine_tuning|eval|realtime)\./, weight: 2 },
    { body: "object", value: /^event$/, weight: 1 },
    { header: "user-agent", value: /^OpenAI/, weight: 4 },
  ],
  help: {
    pasteUrl: "Platform → Settings → Project → Webhooks → Create → URL.",
    secretWhere: "Shown once when the webhook is created.",
    secretLooksLike: "whsec_ and base64.",
    pitfalls: [],
    docsUrl: "https://platform.openai.com/docs/guides/webhooks",
    eventsWorthTicking: ["response.completed", "batch.completed", "fine_tuning.job.succeeded"],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer: "Any 2xx in 15 seconds.",
    retries: "Up to 72 hours with growing pauses.",
    rotation: "The signature header is a list: during a rotation it carries one signature per secret.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
      ["User-Agent", "OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)"],
    ],
    body:
      '{"id":"evt_685343a1381c819085d44c354e1b330e","object":"event","created_at":1767225600,' +
      '"type":"response.completed","data":{"id":"resp_abc123"}}',
    eventType: "response.completed",
  },
});
