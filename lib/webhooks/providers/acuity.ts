import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Acuity: base64 HMAC-SHA256 over the raw form body with the API key. */
export const provider = defineProvider({
  id: "acuity",
  name: "Acuity Scheduling",
  category: "productivity",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "acuity",
      label: "X-Acuity-Signature",
      algorithm: "sha256",
      encoding: "base64",
      signature: { header: "x-acuity-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "body", path: "action" }],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why:
        "Acuity sends neither an id nor a time with a change, so a repeat looks like the next change of the same " +
        "appointment.",
      fields: [
        { from: "body", path: "action" },
        { from: "body", path: "id" },
      ],
    },
  },
  recognition: [
    { header: "x-acuity-signature", weight: 6 },
    { body: "calendarID", weight: 3 },
    { body: "appointmentTypeID", weight: 3 },
  ],
  help: {
    pasteUrl: "Integrations → API → Webhooks, or POST /webhooks with target.",
    secretWhere: "Integrations → API → View credentials → API key.",
    secretLooksLike: "32 hexadecimal characters.",
    pitfalls: ["The key is the API key of your account."],
    docsUrl: "https://developers.acuityscheduling.com/docs/webhooks",
    eventsWorthTicking: ["scheduled", "rescheduled", "canceled", "changed"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/x-www-form-urlencoded"]],
    body: "action=scheduled&id=99&calendarID=3&appointmentTypeID=10",
    eventType: "scheduled",
  },
});
