import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** X account activity: base64 HMAC-SHA256; a challenge is answered with a MAC every hour. */
export const provider = defineProvider({
  id: "x-twitter",
  name: "X (Twitter)",
  category: "messaging",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "hmac",
      id: "x-twitter",
      label: "x-twitter-webhooks-signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-twitter-webhooks-signature", fieldSeparator: "=", field: "sha256" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "top-level-key", except: ["for_user_id", "user_has_blocked", "users", "apps"] }],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        {
          from: "join",
          parts: [
            { from: "body", path: "tweet_create_events.0.id_str" },
            {
              from: "text",
              pattern: /"(?:timestamp_ms|created_timestamp|date_time|event_uuid)"\s{0,9}:\s{0,9}"?([\w:.+-]{1,60})/,
            },
          ],
          separator: ":",
          required: true,
        },
      ],
      wholeBody: true,
      windowSeconds: 604_800,
    },
  },
  handshakes: [
    {
      id: "crc",
      when: { methods: ["GET"], query: "crc_token" },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "hmac-query-json", param: "crc_token", key: "response_token", prefix: "sha256=" },
      help: "X sends a challenge when the webhook is created and every hour.",
    },
  ],
  reply: { status: 200, headers: [], body: "", why: "X counts 200 as delivered." },
  recognition: [
    { header: "x-twitter-webhooks-signature", weight: 6 },
    { body: "for_user_id", weight: 4 },
    {
      bodyKey:
        /^(tweet_create|tweet_delete|favorite|follow|block|mute|direct_message(_mark_read|_indicate_typing)?)_events$/,
      weight: 4,
    },
    { query: "crc_token", weight: 5 },
  ],
  help: {
    pasteUrl: "POST /2/webhooks with the URL.",
    secretWhere: "Developer Portal → your app → Keys and tokens → API key secret (consumer secret).",
    secretLooksLike: "50 letters and digits.",
    pitfalls: ["The URL must not carry a port.", "The challenge comes every hour, also while the endpoint is paused."],
    docsUrl: "https://docs.x.com/x-api/webhooks/introduction",
    eventsWorthTicking: ["tweet_create_events", "favorite_events", "follow_events", "direct_message_events"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "200 within 10 seconds.",
    retries:
      "Recovery of missed events is optional. Without a good challenge for 28 hours the webhook becomes invalid.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"for_user_id":"2244994945","tweet_create_events":[{"created_at":"Thu Jan 01 00:00:00 +0000 2026",' +
      '"id":1085995867134267392,"id_str":"1085995867134267392","text":"Hello","user":{"id_str":"6253282",' +
      '"screen_name":"ada"}}]}',
    eventType: "tweet_create_events",
  },
});
