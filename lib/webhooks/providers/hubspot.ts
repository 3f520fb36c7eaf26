import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** HubSpot: HMAC over method, URL, body and time (v3); versions 1 and 2 are plain hashes. */
export const provider = defineProvider({
  id: "hubspot",
  name: "HubSpot",
  category: "crm",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "v3",
      label: "Signature v3",
      aliases: ["hubspot-v3"],
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-hubspot-signature-v3" },
      timestamp: { header: "x-hubspot-request-timestamp", unit: "ms", toleranceSeconds: 300 },
      template: "{method}{url}{body}{timestamp}",
      urlForm: "hubspot",
    },
    {
      kind: "hmac",
      id: "v2",
      label: "Signature v2 (old)",
      aliases: ["hubspot-v2"],
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-hubspot-signature" },
      template: "{secret}{method}{url}{body}",
      mac: "hash",
    },
    {
      kind: "hmac",
      id: "v1",
      label: "Signature v1 (old)",
      aliases: ["hubspot-v1"],
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-hubspot-signature" },
      template: "{secret}{body}",
      mac: "hash",
    },
  ],
  eventType: [
    { from: "body", path: "0.subscriptionType" },
    { from: "body", path: "0.eventTypeId" },
    { from: "body", path: "subscriptionType" },
  ],
  dedupe: {
    sources: [],
    fallback: {
      fields: [
        {
          from: "each",
          list: "",
          parts: [
            { from: "body", path: "eventId" },
            { from: "body", path: "subscriptionId" },
            { from: "body", path: "occurredAt", required: true },
            { from: "body", path: "objectId" },
          ],
          separator: ":",
          required: true,
        },
      ],
      windowSeconds: 604_800,
    },
  },
  batch: {
    itemIs: "change",
    path: "",
    eventType: [
      { from: "body", path: "subscriptionType" },
      { from: "body", path: "eventTypeId" },
    ],
    id: [
      {
        from: "join",
        parts: [
          { from: "body", path: "eventId", required: true },
          { from: "body", path: "subscriptionId" },
          { from: "body", path: "objectId" },
          { from: "body", path: "occurredAt" },
        ],
        separator: ":",
      },
    ],
  },
  recognition: [
    { header: "x-hubspot-signature-v3", weight: 6 },
    { header: "x-hubspot-signature", weight: 4 },
    { body: "0.subscriptionType", weight: 3 },
    { body: "0.portalId", weight: 3 },
    { header: "x-hubspot-signature-version", weight: 3 },
    { header: "x-hubspot-request-timestamp", weight: 3 },
  ],
  help: {
    pasteUrl: "Your app → Webhooks → Target URL.",
    secretWhere: "Your app → Auth → Client secret.",
    secretLooksLike: "A UUID.",
    pitfalls: [
      "The signature covers the URL exactly as configured.",
      "Up to 100 events arrive in one request: split them when each should run on its own.",
      "Event ids are not promised to be unique.",
    ],
    docsUrl: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
    eventsWorthTicking: ["contact.creation", "contact.propertyChange", "deal.creation", "company.creation"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "Any 2xx within 5 seconds.",
    retries:
      "10 tries over 24 hours after timeouts, 4xx and 5xx (workflow " +
      "webhooks: up to 3 days, of the 4xx only after 429).",
    rotation: "The client secret can be rotated: configure both here.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '[{"eventId":100,"subscriptionId":1,"portalId":62515,"appId":54321,"occurredAt":1767225600000,' +
      '"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",' +
      '"changeFlag":"NEW"}]',
    eventType: "contact.creation",
  },
});
