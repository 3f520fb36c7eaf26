import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { STANDARD_SCHEMES } from "#lib/webhooks/standard-webhooks-schemes.ts";

/**
 * The Standard Webhooks specification, as dozens of senders use it (Svix, Clerk, Resend, OpenAI, Polar, Replicate, …).
 */
export const provider = defineProvider({
  id: "standard-webhooks",
  name: "Standard Webhooks",
  category: "generic",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: STANDARD_SCHEMES,
  eventType: [
    { from: "body", path: "type" },
    { from: "body", path: "event_type" },
  ],
  dedupe: {
    sources: [
      { from: "header", name: "webhook-id" },
      { from: "header", name: "svix-id" },
    ],
    fallback: null,
  },
  recognition: [
    { header: "webhook-id", weight: 3 },
    { header: "webhook-timestamp", weight: 2 },
    { header: "webhook-signature", value: /^v1a?,/, weight: 4 },
  ],
  help: {
    pasteUrl: "In the sender's webhook settings, as the endpoint URL.",
    secretWhere: "On the endpoint's page in the sender's dashboard, usually called signing secret.",
    secretLooksLike: "whsec_ followed by base64; whpk_ for a public key. Supabase writes v1,whsec_… in front.",
    pitfalls: [
      "Some libraries accept slightly wrong timestamps and spaces; Hookline does not.",
      "Polar's secret is used as plain text, not base64: choose its scheme.",
    ],
    docsUrl: "https://www.standardwebhooks.com/",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer:
      "Any 2xx in 15 to 30 seconds; 410 switches the endpoint off at many senders, 429, 502 and 504 slow them down.",
    retries: "Svix: at once, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; switched off after 5 days of failures.",
    rotation: "The signature header is a list: during a rotation it carries one signature per secret.",
  },
  addresses: {
    ranges: [],
    url: "https://docs.svix.com/receiving/source-ips",
    note: "Svix publishes addresses per region; other senders differ.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
    ],
    body:
      '{"type":"contact.created","timestamp":"2026-01-01T00:00:00.000Z",' +
      '"data":{"id":"1f81eb52-5198-4599-803e-771906343485","email":"ada@example.com","first_name":"Ada"}}',
    eventType: "contact.created",
  },
});
