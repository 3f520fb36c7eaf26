import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { svixSchemes } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** Resend: Standard Webhooks with Svix's header names. */
export const provider = defineProvider({
  id: "resend",
  name: "Resend",
  category: "mail",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: svixSchemes("resend"),
  eventType: [{ from: "body", path: "type" }],
  dedupe: {
    sources: [
      { from: "header", name: "svix-id" },
      { from: "header", name: "webhook-id" },
    ],
    fallback: null,
  },
  recognition: [
    { header: "svix-id", weight: 2 },
    { body: "data.email_id", weight: 3 },
    { body: "type", value: /^(email|contact|domain)\./, weight: 2 },
    { body: "data.audience_id", weight: 2 },
    { body: "data.records", weight: 2 },
    { body: "data.region", value: /^(us|eu|sa|ap)-[a-z]+-\d$/, weight: 1 },
  ],
  help: {
    pasteUrl: "Dashboard → Webhooks → Add Webhook → Endpoint URL.",
    secretWhere: "The webhook's page: Signing Secret.",
    secretLooksLike: "whsec_ and base64.",
    pitfalls: [],
    docsUrl: "https://resend.com/docs/dashboard/webhooks/introduction",
    eventsWorthTicking: ["email.delivered", "email.bounced", "email.opened", "email.complained"],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer: "Any 2xx in 15 seconds.",
    retries: "Svix: at once, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h; switched off after 5 days of failures.",
    rotation: "The signature header is a list: during a rotation it carries one signature per secret.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["svix-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"],
    ],
    body:
      '{"type":"email.delivered","created_at":"2026-01-01T00:00:00.000Z",' +
      '"data":{"created_at":"2026-01-01T00:00:00.000Z","email_id":"56761188-7520-42d8-8898-ff6fc54ce618",' +
      '"from":"Acme <onboarding@example.com>","to":["ada@example.com"],"subject":"Sending this example"}}',
    eventType: "email.delivered",
  },
});
