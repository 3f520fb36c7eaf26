import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Mandrill: HMAC-SHA1 over the URL and the sorted form fields, up to 1,000 events in one post. */
export const provider = defineProvider({
  id: "mandrill",
  name: "Mandrill (Mailchimp Transactional)",
  category: "mail",
  confidence: { signing: "cross-checked", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "mandrill",
      label: "X-Mandrill-Signature",
      algorithm: "sha1",
      encoding: "base64",
      signature: { header: "x-mandrill-signature" },
      template: "{url}{sortedFormParams}",
      publicSecrets: ["test-webhook"],
    },
  ],
  eventType: [
    { from: "body", path: "mandrill_events.0.event" },
    { from: "body", path: "mandrill_events.0.type" },
  ],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        {
          from: "each",
          list: "mandrill_events",
          parts: [
            { from: "body", path: "_id" },
            { from: "body", path: "event" },
            { from: "body", path: "ts", required: true },
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
      id: "head-probe",
      when: { methods: ["HEAD"] },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Mandrill asks with a HEAD when the webhook is saved.",
    },
    {
      id: "empty-batch",
      when: { methods: ["POST"], emptyList: "mandrill_events" },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Mandrill posts an empty list, signed with a test key, when the webhook is saved.",
    },
  ],
  batch: {
    itemIs: "e-mail event",
    path: "mandrill_events",
    eventType: [
      { from: "body", path: "event" },
      { from: "body", path: "type" },
    ],
    id: [
      {
        from: "join",
        parts: [
          { from: "body", path: "_id", required: true },
          { from: "body", path: "event" },
          { from: "body", path: "ts", required: true },
          // Two links can be clicked in one second.
          { from: "body", path: "url" },
        ],
        separator: ":",
      },
    ],
  },
  reply: { status: 200, headers: [], body: "", why: "Mandrill counts 200 as delivered." },
  recognition: [
    { header: "x-mandrill-signature", weight: 6 },
    { header: "user-agent", value: /^Mandrill/, weight: 5 },
    { body: "mandrill_events", weight: 6 },
  ],
  help: {
    pasteUrl: "Settings → Webhooks → Add a webhook → Post to URL.",
    secretWhere: "In the list of webhooks, column Key.",
    secretLooksLike: "About 22 letters, digits, - and _.",
    pitfalls: [
      "The signature covers the URL byte for byte as it is entered in Mandrill.",
      "Up to 1,000 events arrive in one request.",
    ],
    docsUrl: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
    eventsWorthTicking: ["send", "hard_bounce", "soft_bounce", "open", "click", "reject"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Exactly 200.",
    retries: "With growing pauses, up to 100 tries.",
    rotation: "The key can be reset per webhook: configure both here before.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/x-www-form-urlencoded"]],
    body:
      "mandrill_events=%5B%7B%22event%22%3A%22hard_bounce%22%2C%22_id%22%3A%22exampleaaaaaaaaaaaaaaaaaaaaaaaaa%22%2C" +
      "%22ts%22%3A1767225600%2C%22msg%22%3A%7B%22email%22%3A%22ada%40example.com%22%2C" +
      "%22subject%22%3A%22Hello%22%7D%7D%5D",
    eventType: "hard_bounce",
  },
});
