import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { GENERIC_SENDER } from "#lib/webhooks/generic-sender.ts";

/** Any sender that authenticates with user and password (RFC 7617). */
export const provider = defineProvider({
  ...GENERIC_SENDER,
  id: "generic-basic",
  name: "Basic credentials (any sender)",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "token",
      id: "basic",
      label: "Basic credentials",
      aliases: ["basic-auth"],
      place: { header: "authorization" },
      prefix: "basic",
    },
  ],
  help: {
    pasteUrl: "Wherever the sender asks for a webhook URL; some take https://user:password@… .",
    secretWhere: "You choose it.",
    secretLooksLike: "user:password; the password may contain colons.",
    pitfalls: ["Basic credentials travel in every request: use HTTPS."],
    docsUrl: "https://www.rfc-editor.org/rfc/rfc7617",
    eventsWorthTicking: [],
  },
});
