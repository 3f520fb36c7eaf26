import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Formstack: HMAC-SHA256 over the raw body. */
export const provider = defineProvider({
  id: "formstack",
  name: "Formstack",
  category: "forms",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "formstack",
      label: "X-FS-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-fs-signature", fieldSeparator: "=", field: "sha256" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "constant", value: "submission" }],
  dedupe: { sources: [{ from: "body", path: "UniqueID" }], fallback: null },
  recognition: [
    { header: "x-fs-signature", weight: 6 },
    { body: "FormID", weight: 3 },
    { body: "UniqueID", weight: 3 },
  ],
  help: {
    pasteUrl: "Form → Settings → Emails & Actions → Webhook → URL.",
    secretWhere: "The same form: HMAC key; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: ["Choose the content type JSON for easier mapping."],
    docsUrl: "https://help.formstack.com/hc/en-us/articles/360019520271-Webhooks",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"FormID":"3416251","UniqueID":"543434343","Name":{"first":"Ada","last":"Lovelace"},' +
      '"Email":"ada@example.com"}',
    eventType: "submission",
  },
});
