import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { hasShape } from "#lib/webhooks/request-shape.ts";
import { resolveProvider } from "#lib/webhooks/verify-vector.ts";
import type { RawRequest } from "#tests/support/send-raw.ts";

/** A handshake as a sender's own code or documents show it. */
export type RecordedHandshake = {
  readonly id: string;
  readonly provider: string;
  readonly secret?: string;
  readonly verifyToken?: string;
  readonly verifyFirst?: boolean;
  readonly now?: number;
  readonly storesSecret?: boolean;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly rawBody?: string;
  };
  readonly response: {
    readonly status: number;
    readonly contentType?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly json?: unknown;
  };
};

const TOPIC = "arn:aws:sns:us-east-1:123456789012:MyTopic";

/** All that are recorded. */
export const handshakes = JSON.parse(readFileSync("tests/fixtures/handshakes.json", "utf8")) as RecordedHandshake[];
const confirmation = (
  JSON.parse(readFileSync("tests/fixtures/vectors.json", "utf8")) as Array<{
    id: string;
    rawBody: string;
    secret: string;
  }>
).find(({ id }) => id === "aws-sns/subscription-confirmation-v2");
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const RAW_PUBLIC_KEY = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");

/** The provider, secrets and options of an endpoint that answers a handshake. */
export function setUp(recorded: RecordedHandshake) {
  const { provider } =
    resolveProvider(recorded.provider === "jotform-or-generic" ? "jotform" : recorded.provider) ?? {};
  if (provider === undefined) throw new Error(`There is no provider for ${recorded.id}.`);
  const secret = provider.id === "discord" ? RAW_PUBLIC_KEY : recorded.secret;
  const options = {
    ...(recorded.verifyToken === undefined ? {} : { verifyToken: recorded.verifyToken }),
    ...(provider.id === "aws-sns" ? { topicArn: TOPIC } : {}),
  };
  return { provider, secrets: secret === undefined ? [] : [secret], options };
}

/** How the provider describes a handshake; throws when it is none of its. */
export function specOf(recorded: RecordedHandshake) {
  const { method, target, headers, body } = requestOf(recorded, "/in/x");
  const spec = setUp(recorded).provider.handshakes.find(({ when }) =>
    hasShape(when, { method, url: target, headers, body }),
  );
  if (spec === undefined) throw new Error(`${recorded.id} is no handshake.`);
  return spec;
}

/**
 * The recorded request at an endpoint's own path. Discord's are recorded unsigned and signed here, as Discord
 * signs.
 */
export function requestOf(recorded: RecordedHandshake, path: string): RawRequest & { body: Buffer } {
  const { method, url, headers, rawBody } = recorded.request;
  const text = recorded.id.startsWith("aws-sns/") ? confirmation?.rawBody : rawBody;
  const body = Buffer.from(text ?? "");
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = recorded.provider.startsWith("discord")
    ? [
        ["X-Signature-Timestamp", timestamp] as const,
        [
          "X-Signature-Ed25519",
          sign(null, Buffer.concat([Buffer.from(timestamp), body]), privateKey).toString("hex"),
        ] as const,
      ]
    : [];
  return { method, target: path + new URL(url).search, headers: [...Object.entries(headers), ...signature], body };
}

/** The recorded clock; that of SNS's published certificate where the recording names none. */
export function clockOf({ provider, now }: RecordedHandshake): number | null {
  if (provider === "aws-sns") return Date.UTC(2027, 0, 1);
  return now === undefined ? null : now * 1_000;
}

/** What the addresses of certificates serve. */
export function certificates(): Record<string, string> {
  const url = (JSON.parse(confirmation?.rawBody ?? "{}") as { SigningCertURL?: string }).SigningCertURL ?? "";
  return { [url]: confirmation?.secret ?? "" };
}

/** The one with this id; throws when there is none. */
export function found(id: string): RecordedHandshake {
  const recorded = handshakes.find((each) => each.id === id);
  if (recorded === undefined) throw new Error(`${id} is not recorded.`);
  return recorded;
}
