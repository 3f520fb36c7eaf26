import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** Bitbucket Cloud: HMAC-SHA256 under the header name of GitHub's old SHA-1. */
export const provider = defineProvider({
  id: "bitbucket",
  name: "Bitbucket",
  category: "code",
  confidence: { signing: "cross-checked", delivery: "likely" },
  schemes: [
    {
      kind: "hmac",
      id: "bitbucket",
      label: "X-Hub-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-hub-signature", fieldSeparator: "=", field: "sha256" },
      template: "{body}",
    },
  ],
  eventType: [{ from: "header", name: "x-event-key" }],
  dedupe: {
    sources: [
      { from: "header", name: "x-request-uuid" },
      { from: "header", name: "x-request-id" },
    ],
    fallback: null,
  },
  handshakes: [
    {
      id: "test-connection",
      when: { methods: ["POST"], bodyKeysExactly: ["test"] },
      verifyFirst: false,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "Bitbucket Data Center tests the connection.",
    },
  ],
  recognition: [
    { header: "x-event-key", weight: 5 },
    { header: "x-hook-uuid", weight: 3 },
    { header: "x-request-uuid", weight: 2 },
    { header: "user-agent", value: /^Bitbucket/, weight: 3 },
  ],
  help: {
    pasteUrl: "Repository settings → Webhooks → Add webhook → URL.",
    secretWhere: "The same form: Secret.",
    secretLooksLike: "10 to 128 characters you made up.",
    pitfalls: [
      "The header X-Hub-Signature means SHA-1 at GitHub, SHA-256 here.",
      "Payloads over 256 KB are silently not sent.",
    ],
    docsUrl: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    eventsWorthTicking: ["repo:push", "pullrequest:created", "pullrequest:fulfilled", "issue:created"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within 10 seconds.",
    retries: "2 after a 5xx or a timeout, counted in X-Attempt-Number.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  addresses: {
    ranges: [],
    url: "https://ip-ranges.atlassian.com/",
    note: "Atlassian publishes its ranges.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Event-Key", "repo:push"],
      ["X-Hook-UUID", "b5c5d5e5-1111-2222-3333-444455556666"],
      ["X-Request-UUID", "3e0a2b4c-5d6e-7f80-9102-a3b4c5d6e7f8"],
      ["X-Attempt-Number", "1"],
      ["User-Agent", "Bitbucket-Webhooks/2.0"],
    ],
    body:
      '{"actor":{"display_name":"Ada Lovelace","type":"user"},"repository":{"full_name":"team_name/repo_name",' +
      '"type":"repository"},"push":{"changes":[{"new":{"type":"branch","name":"master",' +
      '"target":{"hash":"709d658dc5b6d6afcd46049c2f332ee3f515a67d","message":"new commit message\\n"}},' +
      '"created":false,"closed":false}]}}',
    eventType: "repo:push",
  },
});
