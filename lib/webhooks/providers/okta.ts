import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Okta event hooks: a static header value; the address is proved by echoing a header. */
export const provider = defineProvider({
  id: "okta",
  name: "Okta event hooks",
  category: "identity",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "token",
      id: "okta",
      label: "Authorization header, as typed",
      place: { header: "authorization", headerOption: "headerName" },
    },
  ],
  optionFields: [
    {
      id: "headerName",
      label: "Header name",
      help: "The authentication field of the hook.",
      kind: "text",
      defaultValue: "authorization",
      required: false,
    },
  ],
  eventType: [{ from: "body", path: "data.events.0.eventType" }],
  dedupe: { sources: [{ from: "body", path: "eventId" }], fallback: null },
  handshakes: [
    {
      id: "verification",
      when: { methods: ["GET"], header: "x-okta-verification-challenge" },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "echo-header-json", header: "x-okta-verification-challenge", key: "verification" },
      help: "Okta asks with a challenge header when the hook is verified.",
    },
  ],
  reply: { status: 200, headers: [], body: "", why: "Okta wants an empty 200 or 204." },
  batch: {
    itemIs: "event",
    path: "data.events",
    eventType: [{ from: "body", path: "eventType" }],
    id: [{ from: "body", path: "uuid" }],
  },
  recognition: [
    { body: "eventType", value: /^com\.okta\.event_hook$/, weight: 6 },
    { header: "x-okta-verification-challenge", weight: 6 },
    { header: "user-agent", value: /^Okta/, weight: 2 },
  ],
  help: {
    pasteUrl: "Workflow → Event Hooks → Create Event Hook → URL.",
    secretWhere: "You choose it: Authentication field and secret in the same form.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["Okta tries once more after a 5xx and never after a 4xx.", "Several events may come in one request."],
    docsUrl: "https://developer.okta.com/docs/concepts/event-hooks/",
    eventsWorthTicking: ["user.lifecycle.create", "user.session.start", "group.user_membership.add"],
  },
  delivery: {
    ackDeadlineSeconds: 3,
    answer: "200 or 204 with an empty body within 3 seconds.",
    retries: "One, after a 5xx or a timeout; never after a 4xx.",
    rotation: "Edit the hook at the sender and keep both secrets here meanwhile.",
  },
  addresses: {
    ranges: [],
    url: "https://s3.amazonaws.com/okta-ip-ranges/ip_ranges.json",
    note: "Okta publishes a JSON list.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"eventType":"com.okta.event_hook","eventTypeVersion":"1.0","cloudEventsVersion":"0.1",' +
      '"source":"https://example.okta.com/api/v1/eventHooks/who8vt36qfNpCGz9H1e6",' +
      '"eventId":"b5a188b9-5ece-4636-b041-482ffda96311",' +
      '"data":{"events":[{"uuid":"a9d9b1c8-1c9e-11ea-9b3e-000000000000","published":"2026-01-01T00:00:00.000Z",' +
      '"eventType":"user.lifecycle.create","severity":"INFO","displayMessage":"Create okta user",' +
      '"target":[{"id":"00u1","type":"User","alternateId":"ada@example.com"}]}]},' +
      '"eventTime":"2026-01-01T00:00:00.000Z","contentType":"application/json"}',
    eventType: "user.lifecycle.create",
  },
});
