import { createHmac } from "node:crypto";
import type { RawRequest } from "#tests/support/send-raw.ts";

/**
 * A documented handshake in a form its sender might also use, or with a mistake; `body` is left out where any text will
 * do.
 */
export type HandshakeVariant = readonly [
  what: string,
  provider: string,
  setup: { readonly secrets?: string[]; readonly settings?: Readonly<Record<string, unknown>> },
  request: {
    readonly method: string;
    readonly query: string;
    readonly headers?: RawRequest["headers"];
    readonly body?: string;
  },
  expected: {
    readonly status: number;
    readonly body?: string;
    readonly header?: readonly [name: string, value: string];
  },
];

/** The content type of most handshakes. */
export const JSON_TYPE = ["Content-Type", "application/json"] as const;

/** Headers of Slack, or of Zoom, for a body signed now. */
const signedNow = (names: readonly [signature: string, time: string], body: string): RawRequest["headers"] => {
  const time = String(Math.floor(Date.now() / 1_000));
  return [
    JSON_TYPE,
    [names[1], time],
    [names[0], `v0=${createHmac("sha256", "s").update(`v0:${time}:${body}`).digest("hex")}`],
  ];
};

/** A request of Slack, signed now. */
export const slack = (body: string): HandshakeVariant[3] => ({
  method: "POST",
  query: "",
  headers: signedNow(["X-SLACK-SIGNATURE", "X-SLACK-REQUEST-TIMESTAMP"], body),
  body,
});

/** A request of Zoom, signed now. */
export const zoom = (body: string): HandshakeVariant[3] => ({
  method: "POST",
  query: "?from=zoom",
  headers: signedNow(["X-Zm-Signature", "X-Zm-Request-Timestamp"], body),
  body,
});

/** A POST of JSON, where nothing else is said. */
export const post = (body: string, headers: RawRequest["headers"] = [JSON_TYPE], query = ""): HandshakeVariant[3] => ({
  method: "POST",
  query,
  headers,
  body,
});

/** A GET, or a HEAD where it is said. */
export const get = (query: string, headers: RawRequest["headers"] = [], method = "GET"): HandshakeVariant[3] => ({
  method,
  query,
  headers,
});

/** The body of an Event Grid validation. */
export const validation = (data: unknown): string =>
  JSON.stringify([
    { id: "1", eventType: "Microsoft.EventGrid.SubscriptionValidationEvent", data, metadataVersion: "1" },
  ]);
