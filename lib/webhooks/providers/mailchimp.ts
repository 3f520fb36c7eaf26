import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Mailchimp audience webhooks: unsigned form posts, checked by a GET when saved. */
export const provider = defineProvider({
  id: "mailchimp",
  name: "Mailchimp (audience)",
  category: "mail",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    { kind: "none", id: "none", label: "Not verified" },
    {
      kind: "token",
      id: "query",
      label: "Secret in the URL",
      place: { query: "secret" },
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: {
    sources: [],
    fallback: { fields: [{ from: "body", path: "fired_at", required: true }], wholeBody: true, windowSeconds: 604_800 },
  },
  handshakes: [
    {
      id: "get-validation",
      when: { methods: ["GET", "HEAD"], emptyBody: true },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200, probe: true },
      help: "Mailchimp asks with a GET when the webhook is saved.",
    },
  ],
  recognition: [
    { header: "user-agent", value: /^MailChimp/, weight: 5 },
    { body: "fired_at", weight: 3 },
    { body: "data[list_id]", weight: 4 },
  ],
  help: {
    pasteUrl: "Audience → Settings → Webhooks → Create new webhook → Callback URL.",
    secretWhere: null,
    secretLooksLike: null,
    pitfalls: [
      "Mailchimp does not sign: the URL is the secret. You may add ?secret=… to it and choose that scheme.",
      "Fields have nested names such as data[merges][EMAIL].",
      "Times are in the account's time zone or UTC.",
    ],
    docsUrl: "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/",
    eventsWorthTicking: ["subscribe", "unsubscribe", "profile", "upemail", "cleaned", "campaign"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within about 10 seconds.",
    retries: "With growing pauses for about 75 minutes; switched off after long failure.",
    rotation: "Make a new endpoint to change the URL.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["User-Agent", "MailChimp"],
    ],
    body:
      "type=subscribe&fired_at=2026-01-01+00%3A00%3A00&data%5Bid%5D=8a25ff1d98&data%5Blist_id%5D=a6b5da1054&" +
      "data%5Bemail%5D=ada%40example.com&data%5Bmerges%5D%5BEMAIL%5D=ada%40example.com&" +
      "data%5Bmerges%5D%5BFNAME%5D=Ada",
    eventType: "subscribe",
  },
});
