import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** PayPal: RSA over transmission id, time, webhook id and the CRC32 of the body. */
export const provider = defineProvider({
  id: "paypal",
  name: "PayPal",
  category: "payments",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "custom",
      id: "paypal",
      label: "Transmission signature",
      verifier: "paypal",
    },
  ],
  eventType: [{ from: "body", path: "event_type" }],
  dedupe: { sources: [{ from: "body", path: "id" }], fallback: null },
  recognition: [
    { header: "paypal-transmission-id", weight: 6 },
    { header: "paypal-cert-url", weight: 3 },
    { header: "user-agent", value: /^PayPal\//, weight: 3 },
    { body: "id", value: /^WH-[0-9A-Z]{10,}-[0-9A-Z]{10,}$/, weight: 3 },
    { body: "resource_type", weight: 1 },
    { body: "event_type", value: /^[A-Z]+(?:[.-][A-Z-]+)+$/, weight: 2 },
  ],
  help: {
    pasteUrl: "Developer Dashboard → your app → Webhooks → Add webhook → Webhook URL.",
    secretWhere: "The same list: the webhook's ID takes the place of a secret.",
    secretLooksLike: "17 letters and digits.",
    pitfalls: ["Deliveries of the simulator are signed for the webhook id WEBHOOK_ID and do not verify."],
    docsUrl: "https://developer.paypal.com/api/rest/webhooks/rest/",
    eventsWorthTicking: ["PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED", "BILLING.SUBSCRIPTION.CANCELLED"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx.",
    retries: "25 tries over 3 days.",
    rotation: "The sender changes its certificate automatically; nothing to do here.",
  },
  addresses: {
    ranges: [],
    url: "https://www.paypal.com/us/cshelp/article/what-are-the-ip-addresses-for-live-paypal-servers-ts1056",
    note: "PayPal publishes its addresses.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"id":"WH-58D329510W468432D-8HN650336L201105X","create_time":"2026-01-01T00:00:00.000Z",' +
      '"resource_type":"capture","event_type":"PAYMENT.CAPTURE.COMPLETED",' +
      '"summary":"Payment completed for $ 2.51 USD","resource":{"id":"42311647XV020574X",' +
      '"amount":{"currency_code":"USD","value":"2.51"},"status":"COMPLETED"},"event_version":"1.0"}',
    eventType: "PAYMENT.CAPTURE.COMPLETED",
  },
});
