import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { STANDARD_HMAC } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** GitLab: a plain token in a header, or a signing token in the Standard Webhooks form. */
export const provider = defineProvider({
  id: "gitlab",
  name: "GitLab",
  category: "code",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [
    {
      kind: "choice",
      id: "auto",
      label: "By the secret: whsec_… signs, anything else is the plain token",
      rules: [{ secretPrefix: "whsec_", use: "signing-token" }],
      otherwise: "token",
    },
    { ...STANDARD_HMAC, id: "signing-token", label: "Signing token (whsec_…)", aliases: ["gitlab-signing-token"] },
    {
      kind: "token",
      id: "token",
      label: "Secret token (X-Gitlab-Token)",
      aliases: ["gitlab-token"],
      place: { header: "x-gitlab-token" },
    },
  ],
  eventType: [
    { from: "body", path: "object_kind" },
    { from: "body", path: "event_name" },
    { from: "header", name: "x-gitlab-event" },
  ],
  dedupe: {
    sources: [
      { from: "header", name: "idempotency-key" },
      { from: "header", name: "webhook-id" },
    ],
    fallback: null,
  },
  recognition: [
    { header: "x-gitlab-event", weight: 6 },
    { header: "x-gitlab-event-uuid", weight: 3 },
    { header: "x-gitlab-webhook-uuid", weight: 3 },
    { header: "user-agent", value: /^GitLab\//, weight: 3 },
    { header: "x-gitlab-token", weight: 6 },
    { body: "object_kind", weight: 2 },
    { body: "project.path_with_namespace", weight: 3 },
  ],
  help: {
    pasteUrl: "Project or group → Settings → Webhooks → Add new webhook → URL.",
    secretWhere: "The same form: Secret token (you choose it) or Signing token (GitLab shows it once).",
    secretLooksLike: "Any text; a signing token begins with whsec_.",
    pitfalls: [
      "The plain token travels in every request: use HTTPS.",
      "Older self-managed versions have only the plain token.",
    ],
    docsUrl: "https://docs.gitlab.com/user/project/integrations/webhooks/",
    eventsWorthTicking: ["push", "merge_request", "pipeline", "issue", "note"],
  },
  delivery: {
    ackDeadlineSeconds: 10,
    answer: "Any 2xx within 10 seconds.",
    retries: "Mostly none. 4 failures in a row pause the webhook (1 minute to 24 hours), 40 switch it off.",
    rotation: "With a signing token the signature header is a list: one signature per secret.",
  },
  addresses: {
    ranges: ["34.74.90.64/28", "34.74.226.0/24"],
    url: null,
    note: "GitLab.com; self-managed servers have their own.",
    asOf: "2026-11",
  },
  sample: {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ["X-Gitlab-Event", "Push Hook"],
      ["X-Gitlab-Event-UUID", "13792a34-cac6-4fda-95a8-c58e00a3954e"],
      ["X-Gitlab-Webhook-UUID", "e2f2b0c2-0c3f-4d1b-9d8b-3c9f9b8a7d6e"],
      ["Idempotency-Key", "f5e57be3-3ac4-4a55-9f6a-0bdb1a2f3f3c"],
      ["webhook-id", "f5e57be3-3ac4-4a55-9f6a-0bdb1a2f3f3c"],
    ],
    body:
      '{"object_kind":"push","event_name":"push","before":"95790bf891e76fee5e1747ab589903a6a1f80f22",' +
      '"after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","ref":"refs/heads/master","user_name":"John Smith",' +
      '"project":{"id":15,"name":"Diaspora","path_with_namespace":"mike/diaspora"},' +
      '"commits":[{"id":"b6568db1bc1dcd7f8b4d5a946b0b91f9dacd7327",' +
      '"message":"Update Catalan translation to e38cb41."}],"total_commits_count":1}',
    eventType: "push",
  },
});
