import { hkdfSync, randomBytes } from "node:crypto";
import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import type { DoorPorts, RateTaking } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { TokenBuckets } from "#lib/door/token-bucket.ts";
import { env } from "#lib/platform/env.ts";
import { hopsOf } from "#lib/platform/hop-mark.ts";
import { secretKey } from "#lib/platform/secret-key.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { checkSchema } from "#lib/reception/check-schema.ts";
import { fetchVerificationKeys } from "#lib/reception/fetch-verification-keys.ts";
import { readInSandbox } from "#lib/reception/read-delivery.ts";
import { readableRequest } from "#lib/reception/readable-request.ts";

/** What the door asks of this process: its clock, its network, its sandbox and its secrets. */
export const DOOR_PORTS: DoorPorts = {
  publicUrl: endpointUrl,
  fetchText: fetchVerificationKeys,
  hopsOf,
  takeRate: (receiver) => takeRate(buckets(), receiver, performance.now(), env().endpointRatePerSecond),
  confirm: () => ({ key: confirmKey(), nonce: randomBytes(12).toString("base64url") }),
  unfold: readableRequest,
  readLarge: readInSandbox,
  checkSchema,
};

/** The same for stored requests, which count against the rate of these buckets alone, at the time they came. */
export function storedPorts(ownBuckets: TokenBuckets, receivedAt: Date): DoorPorts {
  const nowMs = receivedAt.getTime();
  return { ...DOOR_PORTS, takeRate: (receiver) => takeRate(ownBuckets, receiver, nowMs, Number.MAX_SAFE_INTEGER) };
}

function takeRate(from: TokenBuckets, receiver: Receiver, nowMs: number, workspaceRatePerSecond: number): RateTaking {
  const own = from.take(`endpoint:${receiver.endpointId}`, receiver.ratePerSecond, nowMs);
  if (own.kind === "empty") return { ...own, of: "endpoint" };
  return { ...from.take(`workspace:${receiver.workspaceId}`, workspaceRatePerSecond, nowMs), of: "workspace" };
}

function buckets(): TokenBuckets {
  return singleton("receive-buckets", () => new TokenBuckets());
}

/** The same in every process of the instance. */
function confirmKey(): Buffer {
  return singleton("confirm-key", () => Buffer.from(hkdfSync("sha256", secretKey(), "", "hookline confirm 1", 32)));
}
