import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Stripe: timestamped HMAC over the raw body, several signatures while a secret is rolled. */
export const provider = defineProvider({
  id: "stripe",
  name: "Stripe",
  category: "payments",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "stripe",
      label: "Stripe signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "stripe-signature", itemSeparator: ",", fieldSeparator: "=", field: "v1" },
      timestamp: { field: "t", toleranceSeconds: 300 },
      template: "{timestamp}.{body}",
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { header: "stripe-signature", weight: 6 },
    { header: "user-agent", value: /^Stripe\//, weight: 4 },
    { body: "object", value: /^event$/, weight: 2 },
    { body: "id", value: /^evt_/, weight: 2 },
    { body: "api_version", value: /^20\d\d-\d\d-\d\d/, weight: 1 },
    { body: "pending_webhooks", weight: 2 },
  ],
  help: {
    pasteUrl: "Developers → Webhooks → Add destination → Webhook endpoint → Endpoint URL.",
    secretWhere:
      "On the destination's page, under Signing secret: Reveal. The Stripe CLI prints its own secret for " +
      "`stripe listen`.",
    secretLooksLike: "whsec_ followed by letters and digits; used as it is.",
    pitfalls: [
      "Connect endpoints and account endpoints have different secrets, and so do test and live mode.",
      "Bodies are pretty-printed: anything that parses and re-serialises them breaks the signature.",
      "Thin events (v2) carry only ids.",
    ],
    docsUrl: "https://docs.stripe.com/webhooks",
    eventsWorthTicking: [
      "checkout.session.completed",
      "invoice.paid",
      "invoice.payment_failed",
      "customer.subscription.updated",
      "customer.subscription.deleted",
      "charge.refunded",
    ],
    forwarder: {
      tool: "Stripe CLI",
      command: "stripe listen --forward-to {url}",
      note: "It prints a signing secret of its own (whsec_…): add that one here.",
      docsUrl: "https://docs.stripe.com/cli/listen",
    },
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly; a redirect counts as a failure.",
    retries:
      "Live: up to 3 days with growing pauses. Sandbox: 3 tries within a few hours. An endpoint that fails for " +
      "days may be switched off, with an e-mail.",
    rotation: "While a secret is rolled (up to 24 hours) Stripe sends one v1 signature per secret.",
  },
  addresses: {
    ranges: [],
    url: "https://stripe.com/files/ips/ips_webhooks.json",
    note: "Stripe publishes a list.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json; charset=utf-8"],
      ["User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"],
    ],
    body: JSON.stringify(
      {
        id: "evt_1PqT5v2eZvKYlo2CfQ3m7xJd",
        object: "event",
        api_version: "2025-09-30.clover",
        created: 1767225600,
        data: {
          object: {
            id: "cs_test_a1b2c3",
            object: "checkout.session",
            amount_total: 4200,
            currency: "eur",
            customer_details: { email: "ada@example.com", name: "Ada Lovelace" },
            mode: "payment",
            payment_status: "paid",
            status: "complete",
          },
        },
        livemode: false,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        type: "checkout.session.completed",
      },
      null,
      2,
    ),
    eventType: "checkout.session.completed",
  },
});
