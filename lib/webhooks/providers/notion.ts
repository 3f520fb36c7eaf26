import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Notion: HMAC-SHA256 with the token Notion sent in its first request. */
export const provider = defineProvider({
  id: "notion",
  name: "Notion",
  category: "productivity",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "notion",
      label: "X-Notion-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-notion-signature", fieldSeparator: "=", field: "sha256" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  handshakes: [
    {
      id: "verification-token",
      when: { methods: ["POST"], withoutHeader: "x-notion-signature", bodyKeysExactly: ["verification_token"] },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "pair-by-body", path: "verification_token" },
      help: "Notion sends the token that becomes the secret.",
    },
  ],
  recognition: [
    { header: "x-notion-signature", weight: 6 },
    { body: "verification_token", value: /^secret_/, weight: 5 },
    { body: "integration_id", weight: 3 },
    { body: "subscription_id", weight: 2 },
  ],
  help: {
    pasteUrl: "notion.so/profile/integrations → your integration → Webhooks → Create a subscription → Webhook URL.",
    secretWhere: "Notion sends a verification token to the URL: Hookline shows it, you paste it into Notion.",
    secretLooksLike: "secret_ followed by letters and digits.",
    pitfalls: [
      "Webhooks of database automations are another feature and unsigned.",
      "A token sent later is not taken unless you open pairing.",
    ],
    docsUrl: "https://developers.notion.com/reference/webhooks",
    eventsWorthTicking: ["page.created", "page.properties_updated", "comment.created"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "Up to 8 with growing pauses, the last after about 24 hours.",
    rotation: "Make a new subscription; the old one keeps its secret until you delete it.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"id":"367cba44-b6f3-4c92-81e7-6a2e9659efd4","timestamp":"2026-01-01T00:00:00.000Z",' +
      '"workspace_id":"13950b26-c203-4f3b-b97d-93ec06319565",' +
      '"subscription_id":"29d75c0d-5546-4414-8459-7b7a92f1fc4b",' +
      '"integration_id":"0ef2e755-4912-8096-91c1-00376a88a5ca","type":"page.created",' +
      '"authors":[{"id":"c7c11cca-1d73-471d-9b6e-bdef51470190","type":"person"}],"attempt_number":1,' +
      '"entity":{"id":"153104cd-477e-809d-8dc4-ff2d96ae3090","type":"page"},' +
      '"data":{"parent":{"id":"36cc9195-760f-4fff-a67e-3a46c559b176","type":"database"}}}',
    eventType: "page.created",
  },
});
