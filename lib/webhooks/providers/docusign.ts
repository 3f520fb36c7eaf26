import { defineProvider } from "#lib/webhooks/define-provider.ts";

const KEYS_MAX = 100;
const MORE_SIGNATURE_HEADERS = Array.from({ length: KEYS_MAX - 1 }, (_, index) => `x-docusign-signature-${index + 2}`);

/** DocuSign Connect: one base64 HMAC-SHA256 header per active key. */
export const provider = defineProvider({
  id: "docusign",
  name: "DocuSign Connect",
  category: "productivity",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "docusign",
      label: "X-DocuSign-Signature-1 …",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-docusign-signature-1", moreHeaders: MORE_SIGNATURE_HEADERS },
      template: "{body}",
    },
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      place: { header: "authorization" },
      prefix: "basic",
    },
  ],
  eventType: [
    { from: "body", path: "event" },
    { from: "text", pattern: /<Status>(\w{1,40})<\/Status>/ },
  ],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "data.envelopeId", required: true },
          { from: "body", path: "event" },
          { from: "body", path: "generatedDateTime" },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  recognition: [
    { header: "x-docusign-signature-1", weight: 6 },
    { header: "x-authorization-digest", weight: 3 },
    { body: "data.envelopeId", weight: 4 },
    { body: "event", value: /^(envelope|recipient|template)-/, weight: 2 },
    { text: /<DocuSignEnvelopeInformation\b[^>]*docusign\.net/, weight: 6 },
  ],
  help: {
    pasteUrl: "Settings → Connect → Add configuration → URL to publish.",
    secretWhere: "Settings → Connect → Connect Keys → Add secret key.",
    secretLooksLike: "Base64 text, used as it is.",
    pitfalls: ["Bodies with documents can be many MB.", "retryCount marks retries."],
    docsUrl: "https://developers.docusign.com/platform/webhooks/connect/validate/",
    eventsWorthTicking: ["envelope-completed", "envelope-sent", "envelope-declined", "recipient-completed"],
  },
  delivery: {
    ackDeadlineSeconds: 100,
    answer: "Any 2xx within 100 seconds.",
    retries: "Single messages: up to 15 days with growing pauses. Aggregate messages: 24 hours.",
    rotation: "DocuSign sends one header per active key: any of them may match.",
  },
  addresses: {
    ranges: [],
    url: "https://www.docusign.com/trust/security/esignature",
    note: "DocuSign publishes its ranges.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Authorization-Digest", "HMACSHA256"],
    ],
    body:
      '{"event":"envelope-completed","apiVersion":"v2.1","uri":"/restapi/v2.1/accounts/1/envelopes/2",' +
      '"retryCount":0,"configurationId":10000,"generatedDateTime":"2026-01-01T00:00:00.0000000Z",' +
      '"data":{"accountId":"1","userId":"3","envelopeId":"93be49ab-0000-0000-0000-f752070d71ec",' +
      '"envelopeSummary":{"status":"completed","emailSubject":"Please sign"}}}',
    eventType: "envelope-completed",
  },
});
