import { CLOUD_EVENT_ID, CLOUD_EVENT_IDS, cloudEventsPermission } from "#lib/webhooks/cloud-events-parts.ts";
import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** CloudEvents 1.0 in binary, structured or batched mode; no signature of its own. */
export const provider = defineProvider({
  id: "cloudevents",
  name: "CloudEvents over HTTP",
  category: "cloud",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    { kind: "none", id: "none", label: "Not verified" },
    {
      kind: "token",
      id: "bearer",
      label: "Bearer token",
      place: { header: "authorization" },
      prefix: "bearer",
    },
    {
      kind: "token",
      id: "query",
      label: "access_token in the URL",
      place: { query: "access_token" },
    },
  ],
  eventType: [
    { from: "header", name: "ce-type" },
    { from: "body", path: "type" },
    { from: "body", path: "0.type" },
  ],
  dedupe: {
    sources: [...CLOUD_EVENT_IDS, { from: "each", list: "", parts: [CLOUD_EVENT_ID], separator: " " }],
    fallback: null,
  },
  handshakes: [cloudEventsPermission("options-abuse-protection", "The sender asks whether it may send here.")],
  batch: {
    itemIs: "event",
    path: "",
    eventType: [{ from: "body", path: "type" }],
    id: [CLOUD_EVENT_ID],
  },
  recognition: [
    { header: "ce-specversion", weight: 6 },
    { header: "content-type", value: /^application\/cloudevents/, weight: 6 },
    { body: "specversion", weight: 4 },
    { header: "webhook-request-origin", weight: 5 },
  ],
  help: {
    pasteUrl: "Wherever the sender asks for a sink or subscriber URL.",
    secretWhere: "You choose it: a bearer token or ?access_token=….",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "Events come in three forms: in headers, in one JSON object, or as a list.",
      "An OPTIONS request asks for permission first.",
    ],
    docsUrl: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "200, 201, 202 or 204; never a redirect; 410 tells that the endpoint is gone.",
    retries: "Up to the sender.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/cloudevents+json; charset=utf-8"]],
    body:
      '{"specversion":"1.0","id":"A234-1234-1234","source":"/mycontext","type":"com.example.someevent",' +
      '"time":"2026-01-01T00:00:00Z","datacontenttype":"application/json","data":{"appinfoA":"abc","appinfoB":123}}',
    eventType: "com.example.someevent",
  },
});
