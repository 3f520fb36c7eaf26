import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Dropbox: HMAC-SHA256 over the raw body; the address is proved by echoing a challenge. */
export const provider = defineProvider({
  id: "dropbox",
  name: "Dropbox",
  category: "productivity",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "dropbox",
      label: "X-Dropbox-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-dropbox-signature" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "constant", value: "list_folder" }],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "Dropbox only names the accounts that have news, so a repeat looks like the next news.",
      fields: [{ from: "body", path: "list_folder.accounts" }],
    },
  },
  handshakes: [
    {
      id: "challenge",
      when: { methods: ["GET"], query: "challenge" },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "echo-query", param: "challenge" },
      help: "Dropbox asks for its challenge when the URL is saved.",
    },
  ],
  reply: { status: 200, headers: [], body: "", why: "Dropbox counts 200 as delivered." },
  recognition: [
    { header: "x-dropbox-signature", weight: 6 },
    { body: "list_folder.accounts", weight: 4 },
    { header: "user-agent", value: /^DropboxWebhooks/, weight: 5 },
    { body: "list_folder.accounts.0", value: /^dbid:/, weight: 2 },
  ],
  help: {
    pasteUrl: "App Console → your app → Webhooks → Webhook URIs.",
    secretWhere: "App Console → your app → Settings → App secret.",
    secretLooksLike: "15 letters and digits.",
    pitfalls: ["The body only names the accounts: fetch the changes with list_folder/continue."],
    docsUrl: "https://www.dropbox.com/developers/reference/webhooks",
    eventsWorthTicking: [],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "200 within 10 seconds.",
    retries: "With growing pauses for about 10 minutes; switched off when too many fail.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body: '{"list_folder":{"accounts":["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"]},"delta":{"users":[12345678]}}',
    eventType: "list_folder",
  },
});
