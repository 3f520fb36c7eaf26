import type { HandshakeSpec, ValueSource } from "#lib/webhooks/provider-types.ts";

/** The id of one CloudEvent in JSON: an event is known by its source and its id together. */
export const CLOUD_EVENT_ID: ValueSource = {
  from: "join",
  parts: [
    { from: "body", path: "source", required: true },
    { from: "body", path: "id", required: true },
  ],
  separator: " ",
};

/** The same in binary mode, where both stand in headers, tried first: the body is then the sender's own data. */
export const CLOUD_EVENT_IDS: readonly ValueSource[] = [
  {
    from: "join",
    parts: [
      { from: "header", name: "ce-source", required: true },
      { from: "header", name: "ce-id", required: true },
    ],
    separator: " ",
  },
  CLOUD_EVENT_ID,
];

/** The OPTIONS request by which CloudEvents over HTTP asks for permission before it sends. */
export function cloudEventsPermission(id: string, help: string): HandshakeSpec {
  return {
    id,
    when: { methods: ["OPTIONS"], header: "webhook-request-origin" },
    verifyFirst: false,
    worksWhilePaused: true,
    answer: { kind: "cloudevents-options" },
    help,
  };
}
