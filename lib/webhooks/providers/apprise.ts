import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Apprise's json:// and xml:// notifications. Seen with version 1.2; its XML says UTF-8 and may hold other bytes. */
export const provider = defineProvider({
  id: "apprise",
  name: "Apprise",
  category: "messaging",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [
    { from: "body", path: "type" },
    { from: "text", pattern: /<MessageType>([a-z]{1,20})<\/MessageType>/ },
  ],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "A notification carries no id and no time, so the same text may well be meant twice.",
      fields: [
        { from: "body", path: "title" },
        { from: "body", path: "message" },
      ],
    },
  },
  recognition: [
    { header: "user-agent", value: /^Apprise/, weight: 6 },
    { body: "attachments", weight: 2 },
    { body: "version", value: /^1\.\d$/, weight: 2 },
    { body: "message", weight: 1 },
    { text: /<MessageType>[a-z]+<\/MessageType>/, weight: 5 },
  ],
  help: {
    pasteUrl: "The notification URL: jsons://user:password@host/in/… .",
    secretWhere: "You choose it and write it into the URL.",
    secretLooksLike: "user:password.",
    pitfalls: ["json:// sends without TLS and jsons:// with it."],
    docsUrl: "https://github.com/caronc/apprise/wiki/Notify_Custom_JSON",
    eventsWorthTicking: ["failure", "warning"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "None.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["User-Agent", "Apprise"],
    ],
    body:
      '{"version":"1.0","title":"Backup",' +
      '"message":"The backup of web-1 failed.","attachments":[],"type":"failure"}',
    eventType: "failure",
  },
});
