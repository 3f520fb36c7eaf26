import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Twitch EventSub: HMAC over message id, time and raw body. */
export const provider = defineProvider({
  id: "twitch",
  name: "Twitch EventSub",
  category: "media",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "twitch",
      label: "Twitch-Eventsub-Message-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "twitch-eventsub-message-signature", fieldSeparator: "=", field: "sha256" },
      timestamp: { header: "twitch-eventsub-message-timestamp", format: "iso8601", toleranceSeconds: 600 },
      template: "{header:twitch-eventsub-message-id}{timestamp}{body}",
    },
  ],
  eventType: [
    { from: "join", parts: [{ from: "body", path: "subscription.type", required: true }], separator: "." },
    { from: "header", name: "twitch-eventsub-subscription-type" },
  ],
  dedupe: { sources: [{ from: "header", name: "twitch-eventsub-message-id" }], fallback: null },
  handshakes: [
    {
      id: "callback-verification",
      when: { methods: ["POST"], headerEquals: ["twitch-eventsub-message-type", "webhook_callback_verification"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "echo-body-text", path: "challenge" },
      help: "Twitch sends a signed challenge when the subscription is created.",
    },
  ],
  recognition: [
    { header: "twitch-eventsub-message-id", weight: 6 },
    { header: "twitch-eventsub-message-type", weight: 4 },
    { body: "subscription.condition", weight: 3 },
    { body: "subscription.transport.method", weight: 3 },
  ],
  help: {
    pasteUrl: "POST /eventsub/subscriptions with transport.callback.",
    secretWhere: "You choose it: transport.secret in that call.",
    secretLooksLike: "10 to 100 ASCII characters.",
    pitfalls: ["10 minutes of tolerance.", "A message of type revocation tells that the subscription ended."],
    docsUrl: "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
    eventsWorthTicking: ["channel.follow", "stream.online", "channel.subscribe"],
    forwarder: {
      tool: "Twitch CLI",
      command: "twitch event trigger subscribe --forward-address={url} --secret=SECRET",
      note: "Sends one made-up event. SECRET is what you store here, 10 to 100 characters.",
      docsUrl: "https://dev.twitch.tv/docs/cli/event-command/",
    },
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["Twitch-Eventsub-Message-Id", "e76c6bd4-55c9-4987-8304-da1588d8988b"],
      ["Twitch-Eventsub-Message-Type", "notification"],
      ["Twitch-Eventsub-Subscription-Type", "channel.follow"],
      ["Twitch-Eventsub-Subscription-Version", "2"],
    ],
    body:
      '{"subscription":{"id":"f1c2a387-161a-49f9-a165-0f21d7a4e1c4","status":"enabled","type":"channel.follow",' +
      '"version":"2","condition":{"broadcaster_user_id":"1337"},"transport":{"method":"webhook"},' +
      '"created_at":"2026-01-01T00:00:00Z","cost":0},"event":{"user_id":"1234","user_login":"cool_user",' +
      '"broadcaster_user_id":"1337","followed_at":"2026-01-01T00:00:00Z"}}',
    eventType: "channel.follow",
  },
});
