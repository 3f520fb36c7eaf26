import { CONFIGURABLE_HMAC_FIELDS } from "#lib/webhooks/configurable-hmac.ts";
import { defineProvider } from "#lib/webhooks/define-provider.ts";
import { GENERIC_SENDER } from "#lib/webhooks/generic-sender.ts";

/** Any sender with an HMAC: header, prefix, encoding, signed text and timestamp are the owner's choice. */
export const provider = defineProvider({
  ...GENERIC_SENDER,
  id: "generic-hmac",
  name: "HMAC signature (any sender)",
  confidence: { signing: "verified", delivery: "likely" },
  schemes: [{ kind: "custom", id: "generic-hmac", label: "Configured HMAC", verifier: "configurable-hmac" }],
  optionFields: CONFIGURABLE_HMAC_FIELDS,
  help: {
    pasteUrl: "Wherever the sender asks for a webhook URL.",
    secretWhere: "Wherever the sender shows or asks for a signing secret.",
    secretLooksLike: "Any text; say below when it is base64 or hexadecimal.",
    pitfalls: [
      "Headers such as X-Signature and X-Hub-Signature mean different things to different senders: check " +
        "algorithm and encoding in the sender's documentation.",
    ],
    docsUrl: null,
    eventsWorthTicking: [],
  },
});
