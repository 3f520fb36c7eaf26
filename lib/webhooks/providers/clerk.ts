import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { svixSchemes } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** Clerk: Standard Webhooks with Svix's header names. */
export const provider = defineProvider({
  id: "clerk",
  name: "Clerk",
  category: "identity",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: svixSchemes("clerk"),
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
    { body: "instance_id", value: /^ins_/, weight: 3 },
    { body: "event_attributes", weight: 3 },
  ],
  help: {
    pasteUrl: "Dashboard → Configure → Webhooks → Add Endpoint → Endpoint URL.",
    secretWhere: "The endpoint's page: Signing Secret.",
    secretLooksLike: "whsec_ and base64.",
    pitfalls: [],
    docsUrl: "https://clerk.com/docs/webhooks/overview",
    eventsWorthTicking: ["user.created", "user.updated", "session.created", "organization.created"],
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
      '{"data":{"id":"user_29w83sxmDNGwOuEthce5gg56FcC","first_name":"Ada","last_name":"Lovelace",' +
      '"email_addresses":[{"id":"idn_29w83yL7CwVlJXylYLxcslromF1","email_address":"ada@example.com"}]},' +
      '"event_attributes":{"http_request":{"client_ip":"0.0.0.0","user_agent":""}},"object":"event",' +
      '"timestamp":1767225600123,"type":"user.created","instance_id":"ins_2g7np7Hrk0SN6kj5EDMLDaKNL0S"}',
    eventType: "user.created",
  },
});
