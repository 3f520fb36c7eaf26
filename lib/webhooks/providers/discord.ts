import { defineProvider } from "#lib/webhooks/define-provider.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

const JSON_TYPE: HeaderList = [["content-type", "application/json"]];

/** Discord interactions and webhook events: Ed25519 over time and raw body. */
export const provider = defineProvider({
  id: "discord",
  name: "Discord",
  category: "messaging",
  confidence: { signing: "verified", delivery: "verified" },
  schemes: [
    {
      kind: "asymmetric",
      id: "discord",
      label: "X-Signature-Ed25519",
      aliases: ["discord-interactions", "discord-webhook-events"],
      algorithm: "ed25519",
      encoding: "hex",
      publicKey: "raw-hex",
      signature: { header: "x-signature-ed25519" },
      timestamp: { header: "x-signature-timestamp", toleranceSeconds: 300 },
      template: "{timestamp}{body}",
    },
  ],
  eventType: [
    { from: "body", path: "event.type" },
    {
      from: "join",
      parts: [
        { from: "constant", value: "interaction" },
        { from: "body", path: "data.name", required: true },
      ],
      separator: ".",
    },
    {
      from: "join",
      parts: [
        { from: "constant", value: "interaction" },
        { from: "body", path: "data.custom_id", required: true },
      ],
      separator: ".",
    },
    {
      from: "join",
      parts: [
        { from: "constant", value: "interaction" },
        { from: "body", path: "type", required: true },
      ],
      separator: ".",
    },
  ],
  dedupe: {
    sources: [{ from: "body", path: "id" }],
    fallback: {
      fields: [{ from: "body", path: "event.timestamp", required: true }],
      wholeBody: true,
      windowSeconds: 604_800,
    },
  },
  handshakes: [
    {
      id: "interaction-ping",
      when: { methods: ["POST"], bodyEquals: ["type", 1], bodyHasNot: "event" },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 200, headers: [["content-type", "application/json"]], body: '{"type":1}' },
      help: "Discord pings the address when it is saved.",
    },
    {
      id: "event-ping",
      when: { methods: ["POST"], bodyEquals: ["type", 0], bodyHasNot: "event" },
      verifyFirst: true,
      worksWhilePaused: true,
      answer: { kind: "fixed", status: 204, headers: [["content-type", "application/json"]] },
      help: "Discord pings the address when it is saved.",
    },
  ],
  reply: {
    status: 204,
    headers: JSON_TYPE,
    body: "",
    why: "Discord wants 204 for webhook events.",
    when: { bodyHas: "event" },
    otherwise: {
      status: 200,
      headers: JSON_TYPE,
      body: '{"type":6}',
      why: "A component's message stays as it is until the flow changes it.",
      when: { bodyEquals: ["type", 3] },
      otherwise: {
        status: 200,
        headers: JSON_TYPE,
        body: '{"type":8,"data":{"choices":[]}}',
        why: "Autocomplete is answered without suggestions.",
        when: { bodyEquals: ["type", 4] },
        otherwise: {
          status: 200,
          headers: JSON_TYPE,
          body: '{"type":5}',
          why: "The flow answers the interaction within 15 minutes.",
        },
      },
    },
  },
  recognition: [
    { header: "x-signature-ed25519", weight: 6 },
    { header: "x-signature-timestamp", weight: 3 },
    { header: "user-agent", value: /^Discord-/, weight: 3 },
    { body: "application_id", weight: 2 },
  ],
  help: {
    pasteUrl: "Developer Portal → your app → General Information → Interactions Endpoint URL (or Webhooks → Endpoint).",
    secretWhere: "General Information → Public Key.",
    secretLooksLike: "64 hexadecimal characters.",
    pitfalls: [
      "Discord sends wrong signatures on purpose and removes the URL unless they get 401.",
      "Interactions want an answer in JSON within 3 seconds.",
    ],
    docsUrl: "https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint",
    eventsWorthTicking: ["APPLICATION_AUTHORIZED", "ENTITLEMENT_CREATE"],
  },
  delivery: {
    ackDeadlineSeconds: 3,
    answer: "Interactions want a reply in JSON, events a 204, both within 3 seconds.",
    retries: "Events: with growing pauses for up to 10 minutes; stopped when failing often. Interactions: none.",
    rotation: "Configure the new and the old secret while you change it at the sender.",
  },
  sample: {
    method: "POST",
    headers: [["Content-Type", "application/json"]],
    body:
      '{"version":1,"application_id":"1234560123453231555","type":1,"event":{"type":"APPLICATION_AUTHORIZED",' +
      '"timestamp":"2026-01-01T00:00:00.000000","data":{"integration_type":1,"scopes":["applications.commands"],' +
      '"user":{"id":"936929561302675456","username":"ada"}}}}',
    eventType: "APPLICATION_AUTHORIZED",
  },
});
