import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Icecast's URL authentication: a form for every listener and stream. Seen with version 2.4. */
export const provider = defineProvider({
  id: "icecast",
  name: "Icecast",
  category: "media",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    { kind: "token", id: "basic", label: "Basic credentials", place: { header: "authorization" }, prefix: "basic" },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  eventType: [{ from: "body", path: "action" }],
  dedupe: {
    sources: [],
    fallback: null,
    advice: {
      why: "A listener who comes back sends the same again, and that is another event.",
      fields: [
        { from: "body", path: "action" },
        { from: "body", path: "client" },
      ],
    },
  },
  recognition: [
    { header: "user-agent", value: /^Icecast /, weight: 4 },
    { body: "action", value: /^(listener|mount|stream|source)_(add|remove|auth|start|end)$/, weight: 3 },
    { body: "mount", weight: 2 },
  ],
  help: {
    pasteUrl:
      'icecast.xml → mount → authentication type="url" → option listener_add, listener_remove, mount_add, ' +
      "mount_remove.",
    secretWhere: "The same place: username and password options; you choose them.",
    secretLooksLike: "user:password.",
    pitfalls: [
      "A listener is let in only by an answer with the header icecast-auth-user: 1. Set it under Answer, or " +
        "let a flow answer and decide.",
      "It waits for the answer while the listener waits.",
    ],
    docsUrl: "https://icecast.org/docs/icecast-trunk/auth/",
    eventsWorthTicking: ["listener_add", "listener_remove"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "A header icecast-auth-user: 1 for those who may listen.",
    retries: "None.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["User-Agent", "Icecast 2.4.4"],
    ],
    body:
      "action=listener_add&server=radio.example.com&port=8000&client=1&mount=%2Fstream.ogg&user=&pass=&" +
      "ip=192.0.2.7&agent=VLC%2F3.0",
    eventType: "listener_add",
  },
});
