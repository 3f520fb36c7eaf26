import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Vercel: HMAC-SHA1 over the raw body. */
export const provider = defineProvider({
  id: "vercel",
  name: "Vercel",
  category: "code",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "vercel",
      label: "x-vercel-signature",
      algorithm: "sha1",
      encoding: "hex",
      signature: { header: "x-vercel-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { header: "x-vercel-signature", weight: 6 },
    { body: "type", value: /^(deployment|project|domain|integration)/, weight: 1 },
    { body: "id", value: /^uev_/, weight: 4 },
  ],
  help: {
    pasteUrl: "Team settings → Webhooks → Create Webhook → Endpoint URL.",
    secretWhere: "Account webhooks: shown once when made. Integrations: the client secret.",
    secretLooksLike: "Letters and digits.",
    pitfalls: ["The hash is SHA-1, not SHA-256.", "Log drains use another handshake."],
    docsUrl: "https://vercel.com/docs/webhooks",
    eventsWorthTicking: ["deployment.succeeded", "deployment.error", "deployment.created", "project.created"],
  },
  delivery: {
    ackDeadlineSeconds: 30,
    answer: "Any 2xx within 30 seconds.",
    retries: "With growing pauses for up to 24 hours.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"id":"uev_CzdtpFaQ2lxHQMdvqQbMS4PG","type":"deployment.succeeded","createdAt":1767225600000,' +
      '"region":"sfo1","payload":{"team":{"id":"team_1"},"project":{"id":"prj_1"},"deployment":{"id":"dpl_1",' +
      '"name":"my-app","url":"my-app-abc.vercel.app"},"target":"production"}}',
    eventType: "deployment.succeeded",
  },
});
