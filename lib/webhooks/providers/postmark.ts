import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Postmark: Basic credentials in the URL, or a header you add. */
export const provider = defineProvider({
  id: "postmark",
  name: "Postmark",
  category: "mail",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      place: { header: "authorization" },
      prefix: "basic",
    },
    {
      kind: "token",
      id: "header",
      label: "Custom header",
      place: { header: "x-webhook-key", headerOption: "headerName" },
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  optionFields: [
    {
      id: "headerName",
      label: "Header name",
      help: "The header you added in Postmark.",
      kind: "text",
      defaultValue: "x-webhook-key",
      required: false,
    },
  ],
  eventType: [
    { from: "body", path: "RecordType" },
    { from: "constant", value: "Inbound" },
  ],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "RecordType" },
          { from: "body", path: "MessageID", required: true },
          { from: "body", path: "DeliveredAt" },
          { from: "body", path: "BouncedAt" },
          { from: "body", path: "ReceivedAt" },
          { from: "body", path: "ChangedAt" },
          { from: "body", path: "ID" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  reply: { status: 200, headers: [], body: "", why: "Postmark counts only 200 as delivered." },
  recognition: [
    { body: "RecordType", weight: 4 },
    { body: "MessageStream", weight: 2 },
    { body: "MailboxHash", weight: 3 },
    { body: "StrippedTextReply", weight: 3 },
    { header: "user-agent", value: /^Postmark/, weight: 4 },
  ],
  help: {
    pasteUrl: "Server → Message stream → Webhooks → Add webhook → Webhook URL.",
    secretWhere: "You choose it: user:password in the form's Basic auth fields.",
    secretLooksLike: "user:password",
    pitfalls: ["403 stops the retries."],
    docsUrl: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
    eventsWorthTicking: ["Bounce", "Delivery", "Open", "Inbound"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "200; a 403 stops the retries.",
    retries: "Bounces and inbound mail: 10 tries over 10½ hours. Others: after 1, 5 and 15 minutes.",
    rotation: "Edit the URL at the sender and keep both secrets here meanwhile.",
  },
  addresses: {
    ranges: [],
    url: "https://postmarkapp.com/support/article/800-ips-for-firewalls",
    note: "Postmark publishes its addresses.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"RecordType":"Bounce","ID":42,"Type":"HardBounce","TypeCode":1,"Name":"Hard bounce","Tag":"Test",' +
      '"MessageID":"00000000-0000-0000-0000-000000000000","ServerID":23,"MessageStream":"outbound",' +
      '"Description":"The server was unable to deliver your message","Email":"ada@example.com",' +
      '"From":"sender@example.com","BouncedAt":"2026-01-01T00:00:00Z","Subject":"Test subject"}',
    eventType: "Bounce",
  },
});
