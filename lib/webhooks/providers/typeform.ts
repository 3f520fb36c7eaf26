import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Typeform: base64 HMAC-SHA256 behind sha256=. */
export const provider = defineProvider({
  id: "typeform",
  name: "Typeform",
  category: "forms",
  confidence: { signing: "cross-checked", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "typeform",
      label: "Typeform-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "typeform-signature", fieldSeparator: "=", field: "sha256" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "event_type" }],
  dedupe: { sources: [{ from: "body", path: "event_id" }], fallback: null },
  recognition: [
    { header: "typeform-signature", weight: 6 },
    { body: "form_response.form_id", weight: 4 },
    { body: "event_type", value: /^form_response/, weight: 2 },
  ],
  help: {
    pasteUrl: "Your form → Connect → Webhooks → Add a webhook.",
    secretWhere: "Webhook → Edit → Secret; you choose it.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "The prefix looks like GitHub's, but the signature is base64.",
      "A 404 or 410 switches the webhook off at once.",
    ],
    docsUrl: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    eventsWorthTicking: ["form_response", "form_response_partial"],
  },
  delivery: {
    ackDeadlineSeconds: 30,
    answer: "Any 2xx within 30 seconds.",
    retries:
      "2 to 3 days after 408, 423, 429 and 503; switched off when " +
      "everything fails for long, at once after a 404 or 410.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"event_id":"LtWXD3crgy","event_type":"form_response","form_response":{"form_id":"lT4Z3j",' +
      '"token":"a3a12ec67a1365927098a606107fac15","submitted_at":"2026-01-01T00:00:00Z",' +
      '"definition":{"id":"lT4Z3j","title":"Webhooks example","fields":[{"id":"SMEUb7VJz92Q","title":"Email",' +
      '"type":"email"}]},"answers":[{"type":"email","email":"ada@example.com","field":{"id":"SMEUb7VJz92Q",' +
      '"type":"email"}}]}}',
    eventType: "form_response",
  },
});
