import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Jotform: unsigned multipart posts; the answers are JSON in the field rawRequest. */
export const provider = defineProvider({
  id: "jotform",
  name: "Jotform",
  category: "forms",
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
  eventType: [
    { from: "body", path: "type" },
    { from: "constant", value: "submission" },
  ],
  dedupe: {
    sources: [],
    // An edited submission comes again with its id; the whole form, unlike the whole body, has no boundary that
    // changes.
    fallback: {
      fields: [
        { from: "body", path: "submissionID", required: true },
        { from: "body", path: "rawRequest", required: true },
        { from: "body", path: "pretty" },
      ],
      windowSeconds: 604_800,
    },
  },
  handshakes: [
    {
      id: "get-probe",
      when: { methods: ["GET", "HEAD"], emptyBody: true, noQuery: true },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200, probe: true },
      help: "Jotform may look whether the address answers.",
    },
  ],
  reply: { status: 200, headers: [], body: "", why: "Jotform counts 200 as delivered." },
  recognition: [
    { body: "submissionID", weight: 4 },
    { body: "rawRequest", weight: 3 },
    { body: "formID", weight: 2 },
  ],
  help: {
    pasteUrl: "Your form → Settings → Integrations → WebHooks → Webhook URL.",
    secretWhere: null,
    secretLooksLike: null,
    pitfalls: [
      "Jotform does not sign: the URL is the secret.",
      "The answers are in the field rawRequest, with names such as q3_name.",
    ],
    docsUrl: "https://www.jotform.com/help/245-how-to-setup-a-webhook-with-jotform/",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 30,
    answer: "200 within 30 seconds.",
    retries: "A few; switched off after repeated failures.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "multipart/form-data; boundary=--------------------------d74496d66958873e"]],
    body:
      '----------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="formID"\r\n\r\n' +
      "232493845567068\r\n" +
      '----------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="submissionID"\r\n\r\n' +
      "5718320042718236754\r\n" +
      '----------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="formTitle"\r\n\r\n' +
      "Contact\r\n" +
      '----------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="ip"\r\n\r\n' +
      "198.51.100.7\r\n" +
      '----------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="pretty"\r\n\r\n' +
      "Name:Ada Lovelace, E-mail:ada@example.com\r\n" +
      '----------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="rawRequest"\r\n\r\n' +
      '{"slug":"submit/232493845567068","q3_name":{"first":"Ada","last":"Lovelace"},"q4_email":"ada@example.com"}\r\n' +
      "----------------------------d74496d66958873e--\r\n",
    eventType: "submission",
  },
});
