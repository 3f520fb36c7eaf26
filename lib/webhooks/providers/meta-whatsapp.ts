import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Meta: HMAC-SHA256 with the app secret; the address is proved by a verify token. */
export const provider = defineProvider({
  id: "meta-whatsapp",
  name: "Meta (WhatsApp, Messenger, Instagram, lead ads)",
  category: "messaging",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "meta",
      label: "X-Hub-Signature-256",
      aliases: ["meta-whatsapp", "meta"],
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-hub-signature-256", fieldSeparator: "=", field: "sha256" },
      template: "{body}",
    },
  ],
  optionFields: [
    {
      id: "verifyToken",
      label: "Verify token",
      help: "The text you type into Meta's form beside the URL; you choose it.",
      kind: "text",
      required: true,
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "object", required: true },
        { from: "body", path: "entry.0.changes.0.field", required: true },
      ],
      separator: ".",
    },
    {
      from: "join",
      parts: [
        { from: "body", path: "object", required: true },
        {
          from: "text",
          pattern: /^[^[]{0,200}"entry"\s*:\s*\[\s*\{[^[]{0,500}"(messaging|standby)"\s*:\s*\[/,
          required: true,
        },
      ],
      separator: ".",
    },
    { from: "body", path: "object" },
  ],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        { from: "text", pattern: /"(?:time|timestamp|created_time)"\s{0,9}:\s{0,9}"?(\d{9,16})/, required: true },
      ],
      wholeBody: true,
      windowSeconds: 604_800,
    },
  },
  handshakes: [
    {
      id: "hub-challenge",
      when: { methods: ["GET"], query: "hub.challenge" },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: {
        kind: "echo-query",
        param: "hub.challenge",
        mustEqual: ["hub.mode", "subscribe"],
        verifyToken: { param: "hub.verify_token", option: "verifyToken" },
      },
      help: "Meta asks with a verify token when the callback URL is saved.",
    },
  ],
  batch: {
    itemIs: "entry",
    path: "entry",
    eventType: [{ from: "body", path: "changes.0.field" }],
    id: [
      {
        from: "each",
        list: "changes",
        parts: [
          {
            from: "each",
            list: "value.messages",
            parts: [{ from: "body", path: "id", required: true }],
            separator: " ",
            required: true,
          },
        ],
        separator: " ",
      },
    ],
  },
  reply: { status: 200, headers: [], body: "", why: "Meta counts 200 as delivered." },
  recognition: [
    { body: "object", value: /^(whatsapp_business_account|page|instagram|user|permissions)$/, weight: 4 },
    { body: "entry.0.id", weight: 2 },
    { header: "user-agent", value: /^facebookexternalua|^Webhooks\//, weight: 3 },
    { query: "hub.verify_token", weight: 5 },
  ],
  help: {
    pasteUrl: "App Dashboard → your product → Webhooks → Callback URL and Verify token.",
    secretWhere: "App Dashboard → App settings → Basic → App secret.",
    secretLooksLike: "32 hexadecimal characters.",
    pitfalls: ["Bodies hold escaped Unicode: only the raw bytes verify.", "Up to 1,000 changes arrive in one request."],
    docsUrl: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
    eventsWorthTicking: ["messages", "leadgen", "feed", "message_template_status_update"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "200 within a few seconds (5 to 20).",
    retries: "At once, then with growing pauses for up to 36 hours (WhatsApp: 7 days).",
    rotation: "The app secret can be reset: configure both here.",
  },
  addresses: {
    ranges: [],
    url: "https://developers.facebook.com/docs/sharing/webmasters/crawler",
    note: "Addresses of autonomous system AS32934.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"object":"whatsapp_business_account","entry":[{"id":"8856996819413533",' +
      '"changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"16505553333",' +
      '"phone_number_id":"27681414235104944"},"contacts":[{"profile":{"name":"Ada"},"wa_id":"16315551234"}],' +
      '"messages":[{"from":"16315551234","id":"wamid.ABGGFlCGg0cvAgo-sJQh43L5Pe4W","timestamp":"1767225600",' +
      '"text":{"body":"Hello"},"type":"text"}]},"field":"messages"}]}]}',
    eventType: "whatsapp_business_account.messages",
  },
});
