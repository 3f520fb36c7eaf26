import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { GENERIC_SENDER } from "#lib/webhooks/generic-sender.ts";

/** Any sender that does not sign: the unguessable URL is the only protection. */
export const provider = defineProvider({
  ...GENERIC_SENDER,
  id: "none",
  name: "No verification",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [{ kind: "none", id: "none", label: "Not verified" }],
  eventType: [
    { from: "header", name: "ce-type" },
    { from: "header", name: "x-event-type" },
    { from: "body", path: "type" },
    { from: "body", path: "event_type" },
    { from: "body", path: "eventType" },
    { from: "body", path: "event" },
  ],
  help: {
    pasteUrl: "Wherever the sender asks for a webhook URL.",
    secretWhere: null,
    secretLooksLike: null,
    pitfalls: ["Anybody who learns the URL can send: choose a scheme as soon as the sender offers one."],
    docsUrl: null,
    eventsWorthTicking: [],
  },
  delivery: { ...GENERIC_SENDER.delivery, rotation: "Make a new endpoint to change the URL." },
});
