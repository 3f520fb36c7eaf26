import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { GENERIC_SENDER } from "#lib/webhooks/generic-sender.ts";

/** Any sender that repeats a secret in a header or in the URL. */
export const provider = defineProvider({
  ...GENERIC_SENDER,
  id: "generic-bearer",
  name: "Bearer token, API key header or query key (any sender)",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "token",
      id: "bearer",
      label: "Authorization: Bearer …",
      aliases: ["bearer"],
      place: { header: "authorization" },
      prefix: "bearer",
    },
    {
      kind: "token",
      id: "header",
      label: "A header of its own",
      aliases: ["api-key-header"],
      place: { header: "x-api-key", headerOption: "headerName" },
    },
    {
      kind: "token",
      id: "query",
      label: "A parameter of the URL",
      aliases: ["query-key"],
      place: { query: "key", queryOption: "queryName" },
    },
  ],
  optionFields: [
    {
      id: "headerName",
      label: "Header name",
      help: "For the scheme “a header of its own”.",
      kind: "text",
      defaultValue: "X-API-Key",
      required: false,
    },
    {
      id: "queryName",
      label: "Parameter name",
      help: "For the scheme “a parameter of the URL”.",
      kind: "text",
      defaultValue: "key",
      required: false,
    },
  ],
  help: {
    pasteUrl: "Wherever the sender asks for a webhook URL and headers.",
    secretWhere: "You choose it.",
    secretLooksLike: "Any text you made up; long and random is best.",
    pitfalls: ["A secret in the URL ends up in logs of proxies."],
    docsUrl: "https://www.rfc-editor.org/rfc/rfc6750",
    eventsWorthTicking: [],
  },
});
