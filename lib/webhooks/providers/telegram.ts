import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Telegram: the secret token of setWebhook in every request. */
export const provider = defineProvider({
  id: "telegram",
  name: "Telegram bot",
  category: "messaging",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "token",
      id: "telegram",
      label: "X-Telegram-Bot-Api-Secret-Token",
      place: { header: "x-telegram-bot-api-secret-token" },
    },
  ],
  eventType: [{ from: "top-level-key", except: ["update_id"] }],
  dedupe: { sources: [{ from: "body", path: "update_id" }], fallback: null },
  reply: { status: 200, headers: [], body: "", why: "Telegram reads the answer as a method call when there is one." },
  recognition: [
    { header: "x-telegram-bot-api-secret-token", weight: 6 },
    { body: "update_id", weight: 6 },
  ],
  help: {
    pasteUrl: "Call setWebhook with url and secret_token.",
    secretWhere: "You choose it: the parameter secret_token of setWebhook.",
    secretLooksLike: "1 to 256 letters, digits, _ and -.",
    pitfalls: ["Only the ports 443, 80, 88 and 8443.", "Slow answers hold back the bot's queue."],
    docsUrl: "https://core.telegram.org/bots/api#setwebhook",
    eventsWorthTicking: ["message", "callback_query", "edited_message"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx; a body is read as a call of a bot method.",
    retries: "A reasonable number of tries; waiting updates are kept for 24 hours.",
    rotation: "Call setWebhook again and keep both tokens here meanwhile.",
  },
  addresses: {
    ranges: ["149.154.160.0/20", "91.108.4.0/22"],
    url: null,
    note: "Published in Telegram's webhook guide.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"update_id":10000,"message":{"date":1767225600,"chat":{"last_name":"Lovelace","id":1111111,' +
      '"first_name":"Ada","type":"private"},"message_id":1365,"from":{"last_name":"Lovelace","id":1111111,' +
      '"first_name":"Ada","is_bot":false},"text":"/start"}}',
    eventType: "message",
  },
});
