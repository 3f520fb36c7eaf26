import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Mautic: base64 HMAC-SHA256 in Webhook-Signature, which is not the Standard Webhooks header. */
export const provider = defineProvider({
  id: "mautic",
  name: "Mautic",
  category: "mail",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "mautic",
      label: "Webhook-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "webhook-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "top-level-key", except: ["timestamp", "webhookId"] }],
  dedupe: {
    sources: [],
    // Mautic writes on every event when it happened.
    fallback: {
      fields: [{ from: "text", pattern: /"timestamp"\s{0,9}:\s{0,9}"([^"]{1,60})"/, required: true }],
      wholeBody: true,
      windowSeconds: 604_800,
    },
  },
  recognition: [
    { header: "webhook-signature", value: /^[A-Za-z0-9+/]{43}=$/, weight: 2 },
    { bodyKey: /^mautic\./, weight: 6 },
  ],
  help: {
    pasteUrl: "Settings → Webhooks → New → Webhook POST Url.",
    secretWhere: "The same form: Secret.",
    secretLooksLike: "Letters and digits.",
    pitfalls: ["The header name is that of Standard Webhooks, the scheme is not."],
    docsUrl: "https://docs.mautic.org/en/latest/webhooks/webhooks.html",
    eventsWorthTicking: ["mautic.lead_post_save_new", "mautic.form_on_submit", "mautic.email_on_open"],
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
      '{"mautic.lead_post_save_new":[{"contact":{"id":1,"points":0,' +
      '"fields":{"core":{"email":{"value":"ada@example.com"}}}},"timestamp":"2026-01-01T00:00:00-00:00"}]}',
    eventType: "mautic.lead_post_save_new",
  },
});
