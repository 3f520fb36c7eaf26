import { defineProvider } from "#lib/webhooks/define-provider.ts";

/** ElevenLabs: timestamped HMAC, 30 minutes of tolerance. */
export const provider = defineProvider({
  id: "elevenlabs",
  name: "ElevenLabs",
  category: "media",
  confidence: { signing: "likely", delivery: "unsure" },
  schemes: [
    {
      kind: "hmac",
      id: "elevenlabs",
      label: "ElevenLabs-Signature",
      algorithm: "sha256",
      encoding: "hex",
      signature: { header: "elevenlabs-signature", itemSeparator: ",", fieldSeparator: "=", field: "v0" },
      timestamp: { field: "t", toleranceSeconds: 1800 },
      template: "{timestamp}.{body}",
    },
  ],
  eventType: [{ from: "body", path: "type" }],
  dedupe: {
    sources: [
      {
        from: "join",
        parts: [
          { from: "body", path: "type", required: true },
          { from: "body", path: "data.conversation_id", required: true },
        ],
        separator: ":",
      },
      {
        from: "join",
        parts: [
          { from: "body", path: "type", required: true },
          { from: "body", path: "data.request_id", required: true },
        ],
        separator: ":",
      },
    ],
    fallback: null,
  },
  recognition: [
    { header: "elevenlabs-signature", weight: 6 },
    { body: "event_timestamp", weight: 2 },
    { body: "data.conversation_id", weight: 2 },
    { body: "type", value: /^(post_call_|speech_to_text_|voice_removal|call_initiation)/, weight: 2 },
  ],
  help: {
    pasteUrl: "Settings → Webhooks → Add webhook → URL.",
    secretWhere: "Shown once when the webhook is created.",
    secretLooksLike: "wsec_ followed by letters and digits.",
    pitfalls: ["30 minutes of tolerance."],
    docsUrl: "https://elevenlabs.io/docs/product-guides/administration/webhooks",
    eventsWorthTicking: ["post_call_transcription", "speech_to_text_transcription"],
  },
  delivery: {
    ackDeadlineSeconds: null,
    answer: "Any 2xx, quickly.",
    retries: "Not documented.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"type":"post_call_transcription","event_timestamp":1767225600,"data":{"agent_id":"xyz",' +
      '"conversation_id":"abc","status":"done","transcript":[{"role":"agent","message":"Hello"}],' +
      '"analysis":{"call_successful":"success"}}}',
    eventType: "post_call_transcription",
  },
});
