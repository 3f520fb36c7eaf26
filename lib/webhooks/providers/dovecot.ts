import { defineProvider } from "#lib/webhooks/define-provider.ts";

/**
 * Dovecot's push notifications (driver `ox`): a PUT with JSON, one attempt, no user agent. Seen with version 2.3.19.
 */
export const provider = defineProvider({
  id: "dovecot",
  name: "Dovecot",
  category: "mail",
  confidence: { signing: "verified", delivery: "verified" },
  methods: ["PUT", "POST"],
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "body", path: "event" }],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "It sends every notification once and never again, so nothing needs to tell a repeat apart.",
      fields: [
        { from: "body", path: "user" },
        { from: "body", path: "folder" },
        { from: "body", path: "imap-uid" },
      ],
    },
  },
  recognition: [
    { body: "imap-uidvalidity", weight: 4 },
    { body: "imap-uid", weight: 3 },
    { body: "folder", weight: 1 },
  ],
  help: {
    pasteUrl: "push_notification_driver = ox:url=https://user:password@….",
    secretWhere: "You choose it and write it into the URL.",
    secretLooksLike: "user:password.",
    pitfalls: [
      "It sends PUT: an endpoint made for Dovecot takes it.",
      "There is one attempt: what is refused is lost.",
      "Users are notified about only when their metadata key vendor/vendor.dovecot/http-notify is set.",
    ],
    docsUrl: "https://doc.dovecot.org/2.3/configuration_manual/push_notification/",
    eventsWorthTicking: ["messageNew"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "None.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "PUT",
    headers: [["Content-Type", "application/json; charset=utf-8"]],
    body:
      '{"user":"4@464646669","imap-uidvalidity":412921243,"imap-uid":16,"folder":"INBOX","event":"messageNew",' +
      '"from":"sender@example.com","subject":"Hello","snippet":"Hello Ada","unseen":2}',
    eventType: "messageNew",
  },
});
