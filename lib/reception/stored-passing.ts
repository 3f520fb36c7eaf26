import type { StoredHead } from "#lib/db/stored-requests.ts";
import { beginPassing, type DoorPorts, giveBody, type Kept, type Passing } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { RequestHead } from "#lib/door/request-head.ts";
import { cameOverHttps, readChecks, readRemoved } from "#lib/door/stored-checks.ts";
import { readWebhookAddress } from "#lib/door/webhook-address.ts";
import { DOOR_PORTS } from "#lib/reception/door-ports.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/**
 * How a stored request is to be judged. What is left out: as the request it was, its credential untrusted, by the door.
 */
export type StoredHow = {
  readonly token: string;
  readonly ports?: DoorPorts;
  readonly eventId?: string;
  readonly trusted?: boolean;
  readonly byHand?: boolean;
};

/** What of a stored request the door looks at. */
type StoredFacts = Pick<
  StoredHead,
  | "id"
  | "method"
  | "clientIp"
  | "receivedAt"
  | "path"
  | "query"
  | "headers"
  | "checks"
  | "bodyBytes"
  | "keptBytes"
  | "whole"
>;

/** A stored request before the door's first stage, without its body; null when its content has expired. */
export function storedPassing(receiver: Receiver, stored: StoredFacts, how: StoredHow): Passing | null {
  if (stored.headers === null || stored.checks === null || stored.path === null) return null;
  const checks = readChecks(stored.checks);
  const headers = JSON.parse(stored.headers) as HeaderList;
  const query = stored.query ?? "";
  const https = cameOverHttps(checks);
  const head: RequestHead = {
    token: how.token,
    appended: readWebhookAddress(stored.path)?.appended ?? "",
    method: stored.method,
    target: query === "" ? stored.path : `${stored.path}?${query}`,
    headers,
    clientIp: stored.clientIp,
    through: null,
    // Where nobody wrote it down, a stage of its own says so.
    https: https ?? true,
    requestId: "",
    receivedAt: stored.receivedAt,
  };
  const { bodyBytes, keptBytes, whole } = stored;
  const kept: Kept = {
    eventId: how.eventId ?? stored.id,
    https,
    bodyBytes,
    keptBytes,
    whole,
    ...readRemoved(checks, headers, query),
    trusted: how.trusted ?? false,
    byHand: how.byHand ?? false,
  };
  return beginPassing(receiver, head, how.ports ?? DOOR_PORTS, kept);
}

/** A stored request with what is kept of its body; a hash is there when the body was read to its end. */
type StoredWhole = Omit<StoredFacts, "keptBytes" | "whole"> & {
  readonly kind: "event" | "request";
  readonly body: Uint8Array;
  readonly bodySha256: Uint8Array | null;
};

/** A stored request with its body before the door's first stage. */
export function storedPassingWithBody(receiver: Receiver, request: StoredWhole, how: StoredHow): Passing {
  const whole = request.kind === "event" || request.bodySha256 !== null;
  const passing = storedPassing(receiver, { ...request, keptBytes: request.body.byteLength, whole }, how);
  if (passing === null) throw new Error("a request with a body has a head");
  giveBody(passing, request.body);
  return passing;
}
