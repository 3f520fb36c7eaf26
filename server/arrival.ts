import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type AddressRange, parseAddressRange } from "#lib/core/address-range.ts";
import { type ClientAddress, readClientAddress } from "#lib/door/client-address.ts";
import { doorKey } from "#lib/platform/door-key.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** What the server knows about a request before anybody answers it. */
export type Arrival = ClientAddress & { readonly requestId: string };

/** Reads who sent a request, as far as trusted proxies vouch for it, and gives it an id. */
export function readArrival(request: IncomingMessage): Arrival {
  const address = readClientAddress(
    {
      peerAddress: request.socket.remoteAddress,
      encrypted: (request.socket as Partial<TLSSocket>).encrypted === true,
      forwardedFor: firstOf(request.headers["x-forwarded-for"]),
      forwardedProto: firstOf(request.headers["x-forwarded-proto"]),
    },
    trustedProxies(),
  );
  return { ...address, requestId: randomUUID() };
}

/** Who is at the other end of a connection whose request could not be read: the peer, and no header's word for it. */
export function readPeer(socket: Socket): ClientAddress {
  const encrypted = (socket as Partial<TLSSocket>).encrypted === true;
  const facts = { peerAddress: socket.remoteAddress, encrypted, forwardedFor: undefined, forwardedProto: undefined };
  return readClientAddress(facts, trustedProxies());
}

/**
 * Tells the application behind the server who sent the request. Every header a sender could use to claim otherwise is
 * removed first: `x-forwarded-*`, `forwarded`, `x-real-ip` and `x-hookline-*` are there only as written here.
 */
export function describeArrival(request: IncomingMessage, arrival: Arrival): void {
  const headers = request.headers;
  for (const name of Object.keys(headers)) if (isClaim(name)) delete headers[name];
  headers["x-hookline-door"] = doorKey();
  headers["x-hookline-request-id"] = arrival.requestId;
  headers["x-hookline-scheme"] = arrival.https ? "https" : "http";
  headers["x-forwarded-proto"] = arrival.https ? "https" : "http";
  if (headers.host !== undefined) headers["x-forwarded-host"] = headers.host;
  if (arrival.ip !== null) {
    headers["x-hookline-client-ip"] = arrival.ip;
    headers["x-forwarded-for"] = arrival.ip;
  }
  if (arrival.through !== null) headers["x-hookline-through"] = arrival.through;
}

const CLAIMS = /^(x-forwarded-|x-hookline-|forwarded$|x-real-ip$|x-middleware-)/;

function isClaim(name: string): boolean {
  return CLAIMS.test(name);
}

function trustedProxies(): readonly AddressRange[] {
  return singleton("trusted-proxies", () =>
    env()
      .trustedProxies.map((text) => parseAddressRange(text))
      .filter((range) => range !== null),
  );
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(",") : value;
}
