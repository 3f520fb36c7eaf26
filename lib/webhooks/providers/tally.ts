import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Tally: base64 HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "tally",
  name: "Tally",
  category: "forms",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "tally",
      label: "Tally-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "tally-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "eventType" }],
  dedupe: { sources: [{ from: "body", path: "eventId" }], fallback: null },
  recognition: [
    { header: "tally-signature", weight: 6 },
    { body: "eventType", value: /^FORM_RESPONSE$/, weight: 3 },
    { body: "data.respondentId", weight: 3 },
  ],
  help: {
    pasteUrl: "Your form → Integrations → Webhooks → Connect.",
    secretWhere: "The same dialog: Signing secret.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["Tally's own example signs a re-serialised body; that equals the raw body."],
    docsUrl: "https://tally.so/help/webhooks",
    eventsWorthTicking: ["FORM_RESPONSE"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within 10 seconds.",
    retries: "After 5 minutes, 30 minutes, 1 hour, 6 hours and 1 day.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"eventId":"a4cb511e-d513-4fa5-baee-b815d718dfd1","eventType":"FORM_RESPONSE",' +
      '"createdAt":"2026-01-01T00:00:00.000Z","data":{"responseId":"2wgx4n","submissionId":"2wgx4n",' +
      '"respondentId":"dwQKYm","formId":"VwbNEw","formName":"Contact","fields":[{"key":"question_mVGEg3",' +
      '"label":"E-mail","type":"INPUT_EMAIL","value":"ada@example.com"}]}}',
    eventType: "FORM_RESPONSE",
  },
});
