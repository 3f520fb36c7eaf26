import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Zoom: timestamped HMAC like Slack's; the address is proved with a MAC, again every 72 hours. */
export const provider = defineProvider({
  id: "zoom",
  name: "Zoom",
  category: "messaging",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "zoom",
      label: "x-zm-signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-zm-signature", fieldSeparator: "=", field: "v0" },
      timestamp: { header: "x-zm-request-timestamp", toleranceSeconds: 300 },
      template: "v0:{timestamp}:{body}",
    },
  ],
  eventType: [{ from: "body", path: "event" }],
  dedupe: {
    sources: [],
    fallback: { fields: [{ from: "body", path: "event_ts", required: true }], wholeBody: true, windowSeconds: 604_800 },
  },
  handshakes: [
    {
      id: "url-validation",
      when: { methods: ["POST"], bodyEquals: ["event", "endpoint.url_validation"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "hmac-body-json", path: "payload.plainToken", plainKey: "plainToken", macKey: "encryptedToken" },
      help: "Zoom sends a signed token when the address is saved and every 72 hours.",
    },
  ],
  reply: { status: 200, headers: [], body: "", why: "Zoom counts only 200 and 204 as delivered." },
  recognition: [
    { header: "x-zm-signature", weight: 6 },
    { header: "x-zm-request-timestamp", weight: 3 },
    { header: "x-zm-trackingid", weight: 3 },
    {
      body: "event",
      value: /^(meeting|webinar|recording|user|phone|endpoint|account|team_chat|chat_message)\./,
      weight: 1,
    },
    { body: "event_ts", value: /^\d{13}$/, weight: 3 },
    { body: "payload.account_id", weight: 1 },
    { body: "payload.plainToken", weight: 2 },
  ],
  help: {
    pasteUrl: "Zoom Marketplace → your app → Features → Event Subscriptions → Event notification endpoint URL.",
    secretWhere: "The same page: Secret Token.",
    secretLooksLike: "About 22 letters, digits, - and _.",
    pitfalls: ["Zoom repeats its validation every 72 hours, also while the endpoint is paused."],
    docsUrl: "https://developers.zoom.us/docs/api/webhooks/",
    eventsWorthTicking: ["meeting.started", "meeting.ended", "recording.completed", "meeting.participant_joined"],
  },
  delivery: {
    ackDeadlineSeconds: 3,
    answer: "200 or 204 within 3 seconds.",
    retries: "3, after 5, 20 and 60 minutes.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event":"meeting.started","event_ts":1767225600000,"payload":{"account_id":"AAAAAABBBB",' +
      '"object":{"id":"1234567890","uuid":"4444AAAiAAAAAiAiAiiAii==","host_id":"x1yCzABCDEfg23HiJKl4mN",' +
      '"topic":"My Meeting","type":8,"start_time":"2026-01-01T00:00:00Z"}}}',
    eventType: "meeting.started",
  },
});
