import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Intercom: HMAC-SHA1 over the raw body. */
export const provider = defineProvider({
  id: "intercom",
  name: "Intercom",
  category: "messaging",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "intercom",
      label: "X-Hub-Signature",
      algorithm: "sha1",
      encoding: "hex",
      signature: { header: "x-hub-signature", fieldSeparator: "=", field: "sha1" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "topic" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  handshakes: [
    {
      id: "head-probe",
      when: { methods: ["HEAD"] },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Intercom asks with a HEAD when the webhook is saved.",
    },
    {
      id: "ping",
      when: { methods: ["POST"], bodyEquals: ["topic", "ping"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Intercom sends a ping.",
    },
  ],
  recognition: [
    { body: "type", value: /^notification_event$/, weight: 4 },
    { body: "topic", weight: 2 },
    { body: "app_id", weight: 2 },
    { header: "user-agent", value: /[Ii]ntercom/, weight: 3 },
  ],
  help: {
    pasteUrl: "Developer Hub → your app → Webhooks → Endpoint URL.",
    secretWhere: "Developer Hub → your app → Basic information → Client secret.",
    secretLooksLike: "A UUID or hexadecimal text.",
    pitfalls: [
      "The hash is SHA-1.",
      "The client secret is shared by all workspaces of the app.",
      "410 switches the webhook off.",
    ],
    docsUrl: "https://developers.intercom.com/docs/webhooks",
    eventsWorthTicking: ["conversation.user.created", "conversation.admin.closed", "contact.user.created"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "Any 2xx within 5 seconds.",
    retries:
      "Once after 1 minute. Over 1,000 errors in 15 minutes pause the " +
      "webhook for 15 minutes, 7 days of errors suspend it.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: [],
    url: "https://developers.intercom.com/docs/build-an-integration/learn-more/ip-allowlisting",
    note: "Intercom publishes a list per region.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"type":"notification_event","app_id":"abc123","data":{"type":"notification_event_data",' +
      '"item":{"type":"conversation","id":"9876543210","state":"open"}},"links":{},' +
      '"id":"notif_ccd8a4d0-f965-11e3-a367-c779cae3e1b3","topic":"conversation.user.created",' +
      '"delivery_status":"pending","delivery_attempts":1,"created_at":1767225600}',
    eventType: "conversation.user.created",
  },
});
