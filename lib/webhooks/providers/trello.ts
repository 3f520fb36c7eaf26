import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Trello: HMAC-SHA1 over the raw body and the callback URL. */
export const provider = defineProvider({
  id: "trello",
  name: "Trello",
  category: "productivity",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "trello",
      label: "X-Trello-Webhook",
      algorithm: "sha1",
      encoding: "base64",
      signature: { header: "x-trello-webhook" },
      template: "{body}{url}",
    },
  ],
  eventType: [{ from: "body", path: "action.type" }],
  dedupe: { sources: [{ from: "body", path: "action.id" }], fallback: null },
  handshakes: [
    {
      id: "head-probe",
      when: { methods: ["HEAD"] },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Trello asks with a HEAD when the webhook is created.",
    },
  ],
  reply: { status: 200, headers: [], body: "", why: "Trello counts only 200 as delivered." },
  recognition: [
    { header: "x-trello-webhook", weight: 6 },
    { body: "action.idMemberCreator", weight: 5 },
    { body: "model.id", weight: 2 },
  ],
  help: {
    pasteUrl: "POST /1/webhooks with callbackURL.",
    secretWhere: "trello.com/power-ups/admin → your Power-Up → API key → Secret (OAuth secret).",
    secretLooksLike: "64 hexadecimal characters.",
    pitfalls: ["The URL must be exactly the registered callbackURL, its query included.", "410 deletes the webhook."],
    docsUrl: "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
    eventsWorthTicking: ["createCard", "updateCard", "commentCard"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "200; a 410 deletes the webhook.",
    retries: "3, after 30, 60 and 120 seconds; switched off after 30 days or 1,000 failures.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: { ranges: ["104.192.142.240/28"], url: null, note: "Published by Atlassian for Trello.", asOf: "2026-11" },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"action":{"id":"51f9424bcd6e040f3c002412","idMemberCreator":"4fc78a59a885233f4b349bd9",' +
      '"data":{"board":{"name":"Trello Development","id":"4d5ea62fd76aa1136000000c"},"card":{"name":"Webhooks",' +
      '"id":"51a79e72dbb7e23c7c003778"}},"type":"updateCard","date":"2026-01-01T00:00:00.000Z"},' +
      '"model":{"id":"4d5ea62fd76aa1136000000c","name":"Trello Development"}}',
    eventType: "updateCard",
  },
});
