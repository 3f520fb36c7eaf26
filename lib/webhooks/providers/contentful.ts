import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Contentful: HMAC over a canonical request. */
export const provider = defineProvider({
  id: "contentful",
  name: "Contentful",
  category: "media",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "custom",
      id: "contentful",
      label: "Request verification",
      verifier: "contentful",
    },
  ],
  eventType: [{ from: "header", name: "x-contentful-topic" }],
  dedupe: { sources: [{ from: "header", name: "x-contentful-idempotency-key" }], fallback: null },
  recognition: [
    { header: "x-contentful-topic", weight: 6 },
    { header: "x-contentful-webhook-name", weight: 4 },
    { header: "content-type", value: /contentful/, weight: 3 },
  ],
  help: {
    pasteUrl: "Settings → Webhooks → Add webhook → URL.",
    secretWhere: "Settings → Webhooks → Settings → Enable request verification; the secret is shown once.",
    secretLooksLike: "64 letters, digits, - and _.",
    pitfalls: [
      "Nothing is signed until request verification is switched on.",
      "The content type is application/vnd.contentful.management.v1+json.",
      "30 seconds of tolerance.",
    ],
    docsUrl: "https://www.contentful.com/developers/docs/webhooks/request-verification/",
    eventsWorthTicking: [
      "ContentManagement.Entry.publish",
      "ContentManagement.Entry.save",
      "ContentManagement.Asset.publish",
    ],
  },
  delivery: {
    ackDeadlineSeconds: 30,
    answer: "Any 2xx within 30 seconds.",
    retries: "3 after 429, 5xx and timeouts, about 30 seconds apart.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: [],
    url: "https://www.contentful.com/developers/docs/webhooks/overview/",
    note: "Contentful publishes its addresses.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/vnd.contentful.management.v1+json"],
      ["X-Contentful-Topic", "ContentManagement.Entry.publish"],
      ["X-Contentful-Webhook-Name", "Hookline"],
      ["X-Contentful-Idempotency-Key", "79f0f6a8ec1c21c8a3d5b4e7f9d0c1b2a3948576"],
    ],
    body:
      '{"sys":{"type":"Entry","id":"2OhwoLF4ZGYgMyQyaGwQSE","space":{"sys":{"type":"Link","linkType":"Space",' +
      '"id":"u0ixbtb2krq9"}},"environment":{"sys":{"id":"master","type":"Link","linkType":"Environment"}},' +
      '"contentType":{"sys":{"type":"Link","linkType":"ContentType","id":"blogPost"}},"revision":1,' +
      '"createdAt":"2026-01-01T00:00:00.000Z"},"fields":{"title":{"en-US":"Hello"}}}',
    eventType: "ContentManagement.Entry.publish",
  },
});
