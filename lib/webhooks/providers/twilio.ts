import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Twilio: HMAC-SHA1 over the URL and the sorted form fields; JSON bodies are covered by a hash in the URL. */
export const provider = defineProvider({
  id: "twilio",
  name: "Twilio",
  category: "messaging",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "choice",
      id: "auto",
      label: "Form or JSON, by the request",
      rules: [{ query: "bodySHA256", use: "json" }],
      otherwise: "form",
    },
    {
      kind: "hmac",
      id: "form",
      label: "Form posts",
      aliases: ["twilio-form"],
      algorithm: "sha1",
      encoding: "base64",
      signature: { header: "x-twilio-signature" },
      template: "{url}{sortedFormParams}",
      urlForm: "twilio",
    },
    {
      kind: "hmac",
      id: "json",
      label: "JSON bodies (bodySHA256)",
      aliases: ["twilio-json"],
      algorithm: "sha1",
      encoding: "base64",
      signature: { header: "x-twilio-signature" },
      template: "{url}",
      urlForm: "twilio",
      bodyHashQueryParam: "bodySHA256",
    },
  ],
  eventType: [
    { from: "body", path: "EventType" },
    { from: "body", path: "SmsStatus" },
    { from: "body", path: "CallStatus" },
    { from: "body", path: "MessageStatus" },
  ],
  dedupe: {
    sources: [
      { from: "header", name: "i-twilio-idempotency-token" },
      {
        from: "join",
        parts: [
          { from: "body", path: "MessageSid", required: true },
          { from: "body", path: "MessageStatus" },
          { from: "body", path: "SmsStatus" },
        ],
        separator: ":",
      },
      {
        from: "join",
        parts: [
          { from: "body", path: "CallSid", required: true },
          { from: "body", path: "CallStatus" },
          { from: "body", path: "SequenceNumber", required: true },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  reply: {
    status: 200,
    headers: [["content-type", "text/xml"]],
    body: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    why: "Twilio expects TwiML; an empty response does nothing.",
  },
  recognition: [
    { header: "x-twilio-signature", weight: 6 },
    { header: "i-twilio-idempotency-token", weight: 3 },
    { header: "user-agent", value: /^TwilioProxy/, weight: 3 },
    { body: "AccountSid", weight: 2 },
    { body: "MessageSid", weight: 2 },
    { body: "AccountSid", value: /^AC[0-9a-f]/, weight: 1 },
    { body: "NumMedia", weight: 1 },
    { body: "CallSid", weight: 2 },
    { body: "ApiVersion", value: /^20\d\d-/, weight: 1 },
  ],
  help: {
    pasteUrl:
      "Phone Numbers → your number → “A message comes in” or “A call comes in” → Webhook, or a StatusCallback URL.",
    secretWhere: "Account → API keys & tokens → Auth Token (the primary one).",
    secretLooksLike: "32 hexadecimal characters.",
    pitfalls: [
      "The URL must be the configured one, query and port included.",
      "Empty fields are signed too: nothing may trim them.",
      "Promote a secondary token only when both are configured here.",
    ],
    docsUrl: "https://www.twilio.com/docs/usage/security#validating-requests",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 15,
    answer: "TwiML or an empty answer within 15 seconds.",
    retries: "Only after connection errors, unless the URL says otherwise (#rc=…).",
    rotation: "A secondary token signs only after its promotion: configure both before.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/x-www-form-urlencoded"]],
    body:
      "ToCountry=US&SmsMessageSid=SM1234567890abcdef1234567890abcdef&NumMedia=0&" +
      "SmsSid=SM1234567890abcdef1234567890abcdef&SmsStatus=received&Body=Hello+%26+welcome&To=%2B18005551212&" +
      "MessageSid=SM1234567890abcdef1234567890abcdef&AccountSid=AC1234567890abcdef1234567890abcdef&" +
      "From=%2B14158675309&ApiVersion=2010-04-01",
    eventType: "received",
  },
});
