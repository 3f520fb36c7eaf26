import { createHmac } from "node:crypto";
import { expect } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { makeEndpoint, makeLiveFlow } from "#tests/support/receiving.ts";
import { type RawAnswer, type RawRequest, sendRaw } from "#tests/support/send-raw.ts";

/** An endpoint that verifies, with a flow that would start. */
export type GuardedEndpoint = Awaited<ReturnType<typeof makeEndpoint>> & {
  /** Fails unless no event and no run was made here. */
  nothingQueued(): Promise<void>;
};

/** A signing secret, and a body it signs. */
export const SECRET = "s3cr3t-of-the-sender";
/** The body that is signed. */
export const BODY = '{"id":"evt_1","type":"invoice.paid","amount":1}';

/** Makes an endpoint of a sender with these secrets and a flow that listens. */
export async function guardedEndpoint(
  actor: Actor,
  provider: string,
  secrets: string[],
  settings: object = {},
): Promise<GuardedEndpoint> {
  const endpoint = await makeEndpoint(actor, { provider, secrets, settings });
  await makeLiveFlow(actor, endpoint.id);
  return {
    ...endpoint,
    async nothingQueued() {
      expect(await prisma().event.count({ where: { endpointId: endpoint.id } }), "events").toBe(0);
      expect(await prisma().run.count({ where: { endpointId: endpoint.id } }), "runs").toBe(0);
    },
  };
}

/** Posts bytes as they are. */
export function postTo(
  origin: string,
  target: string,
  headers: RawRequest["headers"],
  body: Buffer | string,
): Promise<RawAnswer> {
  return sendRaw(origin, { method: "POST", target, headers, body: Buffer.from(body) });
}

/** The HMAC-SHA256 of a text. */
export function hmacOf(key: string | Buffer, text: string | Buffer): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** GitHub's signature header. */
export function githubSignature(body: string | Buffer = BODY, key = SECRET): string {
  return `sha256=${hmacOf(key, body).toString("hex")}`;
}

/** Stripe's signature header; the time is now unless given. */
export function stripeSignature(
  body = BODY,
  time: string | number = Math.floor(Date.now() / 1_000),
  key = SECRET,
): string {
  return `t=${time},v1=${hmacOf(key, `${time}.${body}`).toString("hex")}`;
}
