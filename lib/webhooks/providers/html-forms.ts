import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Plain HTML forms and Apps Script: unsigned, or signed by the owner's own script. */
export const provider = defineProvider({
  id: "html-forms",
  name: "HTML form or Google Apps Script",
  category: "forms",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    { kind: "none", id: "none", label: "Not verified" },
    {
      kind: "hmac",
      id: "apps-script",
      label: "X-Signature with timestamp",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-signature", fieldSeparator: "=", field: "sha256" },
      timestamp: { header: "x-timestamp", toleranceSeconds: 300 },
      template: "{timestamp}.{body}",
    },
    {
      kind: "token",
      id: "bearer",
      label: "Bearer token",
      place: { header: "authorization" },
      prefix: "bearer",
    },
  ],
  eventType: [
    { from: "body", path: "_event" },
    { from: "constant", value: "form submission" },
  ],
  dedupe: {
    sources: [
      { from: "body", path: "_idempotency_key" },
      { from: "header", name: "idempotency-key" },
    ],
    fallback: null,
    advice: {
      why: "Without a field _idempotency_key, a button pressed twice looks like two people who wrote the same.",
      fields: [],
    },
  },
  handshakes: [
    {
      id: "get-probe",
      when: { methods: ["GET", "HEAD"], emptyBody: true, noQuery: true },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200, probe: true },
      help: "Somebody opened the address to see whether it is alive.",
    },
  ],
  recognition: [
    { body: "_honeypot", weight: 4 },
    { body: "_idempotency_key", weight: 4 },
  ],
  help: {
    pasteUrl: "The action attribute of the form, or the URL of UrlFetchApp.fetch in the script.",
    secretWhere: "You choose it: store it in the script's properties.",
    secretLooksLike: "Any text you made up.",
    pitfalls: [
      "A browser shows our answer: set a redirect to a thank-you page.",
      "Forms on the open web attract spam: use the honeypot and the minimum time.",
      "Apps Script follows redirects with GET.",
    ],
    docsUrl: "https://developers.google.com/apps-script/reference/url-fetch/url-fetch-app",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 60,
    answer:
      "A browser shows the answer or follows a 303 to your thank-you page; Apps Script waits 60 seconds for a 2xx.",
    retries: "None; an Apps Script trigger may run again.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/x-www-form-urlencoded"]],
    body:
      "name=Ada+Lovelace&email=ada%40example.com&message=Hello%0D%0Athere&topic=sales&topic=support&" +
      "_idempotency_key=9d0f3c1e",
    eventType: "form submission",
  },
});
