import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Slack: timestamped HMAC over the raw body; the address is proved by echoing a signed challenge. */
export const provider = defineProvider({
  id: "slack",
  name: "Slack",
  category: "messaging",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "slack",
      label: "X-Slack-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-slack-signature", fieldSeparator: "=", field: "v0" },
      timestamp: { header: "x-slack-request-timestamp", toleranceSeconds: 300 },
      template: "v0:{timestamp}:{body}",
    },
  ],
  eventType: [
    { from: "body", path: "event.type" },
    { from: "body", path: "command" },
    {
      from: "join",
      parts: [
        { from: "constant", value: "interaction" },
        { from: "body", path: "payload.type", required: true },
      ],
      separator: ".",
    },
    { from: "body", path: "type" },
  ],
  dedupe: {
    sources: [
      { from: "body", path: "event_id" },
      { from: "body", path: "trigger_id" },
    ],
    fallback: null,
  },
  handshakes: [
    {
      id: "url-verification",
      when: { methods: ["POST"], bodyEquals: ["type", "url_verification"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "echo-body-text", path: "challenge" },
      help: "Slack sends a signed challenge when the Request URL is saved.",
    },
  ],
  reply: {
    status: 200,
    headers: [],
    body: "",
    why: "Slack shows any text of the answer to the person who used a command.",
  },
  recognition: [
    { header: "x-slack-signature", weight: 6 },
    { header: "x-slack-request-timestamp", weight: 3 },
    { header: "user-agent", value: /^Slackbot/, weight: 4 },
    { body: "type", value: /^event_callback$/, weight: 2 },
    { body: "api_app_id", value: /^A/, weight: 3 },
    { body: "team_id", value: /^[TE][A-Z0-9]+$/, weight: 1 },
  ],
  help: {
    pasteUrl: "api.slack.com → your app → Event Subscriptions → Request URL (or Slash Commands, Interactivity).",
    secretWhere: "Your app → Basic Information → App Credentials → Signing Secret.",
    secretLooksLike: "32 hexadecimal characters, used as text.",
    pitfalls: [
      "Answer within 3 seconds.",
      "Text in a 200 answer to a slash command is shown to the person.",
      "Regenerating the secret takes effect at once: configure both before.",
    ],
    docsUrl: "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
    eventsWorthTicking: ["message", "app_mention", "reaction_added", "member_joined_channel"],
  },
  delivery: {
    ackDeadlineSeconds: 3,
    answer: "Any 2xx within 3 seconds.",
    retries: "3: at once, after 1 and after 5 minutes. Events are switched off when over 95 % fail within an hour.",
    rotation: "Regenerating takes effect at once: keep the new and the old secret here.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"token":"z26uFbvR1xHJEdHE1OQiO6t8","team_id":"T061EG9R6","api_app_id":"A0FFV41KK",' +
      '"event":{"type":"reaction_added","user":"U061F1EUR","item":{"type":"message","channel":"C061EG9SL",' +
      '"ts":"1464196127.000002"},"reaction":"slightly_smiling_face","event_ts":"1465244570.336841"},' +
      '"type":"event_callback","event_id":"Ev9UQ52YNA","event_time":1767225600}',
    eventType: "reaction_added",
  },
});
