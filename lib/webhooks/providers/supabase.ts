import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { STANDARD_HMAC } from "#lib/webhooks/standard-webhooks-schemes.ts";

/** Supabase: database webhooks carry the header you add, auth hooks are Standard Webhooks. */
export const provider = defineProvider({
  id: "supabase",
  name: "Supabase",
  category: "cloud",
  confidence: { signing: "likely", delivery: "likely" },
  schemes: [
    {
      kind: "choice",
      id: "auto",
      label: "By the secret: whsec_… means auth hooks",
      rules: [
        { secretPrefix: "v1,whsec_", use: "auth-hooks" },
        { secretPrefix: "whsec_", use: "auth-hooks" },
      ],
      otherwise: "bearer",
    },
    {
      kind: "token",
      id: "bearer",
      label: "Bearer token",
      place: { header: "authorization" },
      prefix: "bearer",
    },
    {
      ...STANDARD_HMAC,
      id: "auth-hooks",
      label: "Auth hooks (Standard Webhooks)",
      aliases: ["supabase-auth"],
      key: { ...STANDARD_HMAC.key, listSeparator: "|" },
    },
    {
      kind: "token",
      id: "header",
      label: "Custom header",
      place: { header: "x-webhook-key", headerOption: "headerName" },
    },
    { kind: "none", id: "none", label: "Not verified" },
  ],
  optionFields: [
    {
      id: "headerName",
      label: "Header name",
      help: "The header you added to the database webhook.",
      kind: "text",
      defaultValue: "x-webhook-key",
      required: false,
    },
  ],
  eventType: [
    {
      from: "join",
      parts: [
        { from: "body", path: "table", required: true },
        { from: "body", path: "type" },
      ],
      separator: ".",
    },
    { from: "body", path: "type" },
    {
      from: "join",
      parts: [
        { from: "constant", value: "auth" },
        { from: "body", path: "email_data.email_action_type", required: true },
      ],
      separator: ".",
    },
  ],
  dedupe: { sources: [{ from: "header", name: "webhook-id" }], fallback: null },
  recognition: [
    { body: "old_record", weight: 3 },
    { body: "schema", weight: 2 },
    { body: "table", weight: 2 },
    { body: "type", value: /^(INSERT|UPDATE|DELETE)$/, weight: 1 },
    { header: "user-agent", value: /^pg_net/, weight: 2 },
    { body: "email_data.email_action_type", weight: 6 },
    { body: "user.app_metadata", weight: 3 },
  ],
  help: {
    pasteUrl: "Database → Webhooks → Create a new hook → HTTP Request → URL; or Authentication → Hooks.",
    secretWhere: "Database webhooks: add an HTTP header Authorization: Bearer … yourself. Auth hooks: Generate secret.",
    secretLooksLike: "Any text; auth hooks: v1,whsec_ and base64, several with | between them.",
    pitfalls: [
      "Database webhooks are not sent again: one that is lost is lost.",
      "The database waits 5 seconds unless you set another time.",
    ],
    docsUrl: "https://supabase.com/docs/guides/database/webhooks",
    eventsWorthTicking: ["orders.INSERT", "orders.UPDATE", "orders.DELETE"],
  },
  delivery: {
    ackDeadlineSeconds: 5,
    answer: "Database webhooks wait 5 seconds (1 to 10) and ignore the answer; auth hooks wait 5 seconds and use it.",
    retries: "Database webhooks: none. Auth hooks: a few at once.",
    rotation: "Auth hooks take a list of secrets, so both can be valid at once.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"type":"INSERT","table":"orders","schema":"public","record":{"id":1,"email":"ada@example.com",' +
      '"total":42},"old_record":null}',
    eventType: "orders.INSERT",
  },
});
