import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** GitHub: HMAC-SHA256 over the raw body, JSON or a form whose `payload` is JSON. */
export const provider = defineProvider({
  id: "github",
  name: "GitHub",
  category: "code",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "hmac",
      id: "github",
      label: "X-Hub-Signature-256",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "x-hub-signature-256", field: "sha256", fieldSeparator: "=" },
      template: "{body}",
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "header", name: "x-github-event", required: true },
        { from: "body", path: "action" },
      ],
      separator: ".",
    },
  ],
  dedupe: { sources: [{ from: "header", name: "x-github-delivery" }], fallback: null },
  handshakes: [
    {
      id: "ping",
      when: { methods: ["POST"], headerEquals: ["x-github-event", "ping"] },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200 },
      help: "GitHub sends a ping when the webhook is saved.",
    },
  ],
  recognition: [
    { header: "x-github-event", weight: 5 },
    { header: "x-github-delivery", weight: 4 },
    { header: "user-agent", value: /^GitHub-Hookshot\//, weight: 5 },
  ],
  help: {
    pasteUrl:
      "Repository or organization → Settings → Webhooks → Add webhook → Payload URL. Choose the content type " +
      "application/json.",
    secretWhere: "You choose it: the field Secret of the same form.",
    secretLooksLike: "Any text you made up; long and random is best.",
    pitfalls: [
      "Without a secret GitHub sends no signature, so every delivery is refused.",
      "Bodies may be up to 25 MB.",
      "GitHub does not send again automatically: use Redeliver.",
    ],
    docsUrl: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    eventsWorthTicking: ["push", "pull_request", "issues", "issue_comment", "release", "workflow_run"],
    forwarder: {
      tool: "GitHub CLI",
      command: "gh webhook forward --repo=OWNER/REPO --events=push,pull_request --url={url} --secret=SECRET",
      note: "Once: `gh extension install cli/gh-webhook`. SECRET is what you store here; without it nothing is signed.",
      docsUrl:
        "https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/" +
        "using-the-github-cli-to-forward-webhooks-for-testing",
    },
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within 10 seconds (30 on GitHub Enterprise Server).",
    retries: "No automatic retries; redelivery by hand or API for 3 days.",
    rotation: "None by GitHub: configure the new and the old secret here while you change it there.",
  },
  addresses: {
    ranges: [],
    url: "https://api.github.com/meta",
    note: 'The list "hooks" of GitHub\'s meta API.',
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["User-Agent", "GitHub-Hookshot/044aadd"],
      ["X-GitHub-Event", "issues"],
      ["X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"],
      ["X-GitHub-Hook-ID", "292430182"],
    ],
    body:
      '{"action":"opened","issue":{"id":1,"number":1347,"title":"Found a bug","user":{"login":"octocat"},' +
      '"html_url":"https://github.com/octocat/Hello-World/issues/1347"},"repository":{"id":1296269,' +
      '"full_name":"octocat/Hello-World"},"sender":{"login":"octocat"}}',
    eventType: "issues.opened",
  },
});
