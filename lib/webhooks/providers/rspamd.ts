import { defineProvider } from "#lib/webhooks/define-provider.ts";

/**
 * rspamd's metadata exporter: the mail, or JSON about it, with headers in raw UTF-8. Only a 200 counts: with `defer` it
 * turns the mail away for now after a 201, 202 or 204. Seen with version 3.4.
 */
export const provider = defineProvider({
  id: "rspamd",
  name: "rspamd",
  category: "mail",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [
    { from: "header", name: "x-rspamd-action" },
    { from: "body", path: "action" },
  ],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "The queue id names the mail and not the delivery: two rules send two requests about one mail.",
      fields: [{ from: "body", path: "qid" }],
    },
  },
  reply: { status: 200, headers: [], body: "", why: "rspamd counts only a 200 as delivered." },
  recognition: [
    { header: "user-agent", value: /^rspamd/i, weight: 5 },
    { header: "x-rspamd-qid", weight: 5 },
    { header: "x-rspamd-action", weight: 3 },
    { header: "x-rspamd-score", weight: 2 },
  ],
  help: {
    pasteUrl: 'local.d/metadata_exporter.conf → rules → your rule → url, with backend = "http".',
    secretWhere: "The same rule: user and password; you choose them.",
    secretLooksLike: "user:password.",
    pitfalls: [
      'Set formatter = "json" for facts about the mail; without it the whole mail is the body.',
      "meta_headers = true puts the facts into headers, which can grow to many kilobytes.",
      "With defer = true a mail waits until this endpoint has answered 200.",
    ],
    docsUrl: "https://rspamd.com/doc/modules/metadata_exporter.html",
    eventsWorthTicking: ["reject", "add header"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "200, nothing else.",
    retries: "None; with defer = true the mail is deferred and tried again later.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["User-Agent", "rspamd-3.4"],
    ],
    body:
      '{"action":"reject","score":17.2,"required_score":15,"subject":"You have won","ip":"192.0.2.7",' +
      '"from":"sender@example.com","rcpt":["ada@example.com"],"qid":"4C7dA91","message_id":"1@example.com",' +
      '"symbols":[{"name":"BAYES_SPAM","score":5.1}]}',
    eventType: "reject",
  },
});
