import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { STANDARD_SCHEMES } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** Svix: Standard Webhooks under Svix's own header names, or under the standard ones. */
export const provider = defineProvider({
  id: "svix",
  name: "Svix",
  category: "generic",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: STANDARD_SCHEMES,
  eventType: [
    { from: "body", path: "type" },
    { from: "body", path: "event_type" },
    { from: "body", path: "eventType" },
  ],
  dedupe: {
    sources: [
      { from: "header", name: "svix-id" },
      { from: "header", name: "webhook-id" },
    ],
    fallback: null,
  },
  recognition: [
    { header: "svix-id", weight: 4 },
    { header: "svix-timestamp", weight: 1 },
    { header: "svix-signature", weight: 2 },
  ],
  help: {
    pasteUrl: "In the sender's webhook portal, as the endpoint URL.",
    secretWhere: "The endpoint's page: Signing Secret.",
    secretLooksLike: "whsec_ and base64.",
    pitfalls: ["Many senders use Svix underneath: their portal looks the same."],
    docsUrl: "https://docs.svix.com/receiving/verifying-payloads/how",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer: "Any 2xx in 15 seconds.",
    retries: "Svix: at once, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; switched off after 5 days of failures.",
    rotation: "The signature header is a list: during a rotation it carries one signature per secret.",
  },
  addresses: {
    ranges: [],
    url: "https://docs.svix.com/receiving/source-ips",
    note: "Svix publishes addresses per region.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["svix-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
    ],
    body:
      '{"type":"invoice.paid","timestamp":"2026-01-01T00:00:00.000Z",' +
      '"data":{"id":"invoice_WF7WtCLFFtd8ubcTgboSFNql","status":"paid","attempt":2}}',
    eventType: "invoice.paid",
  },
});
