import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { clientIpOf, clientThroughOf } from "#lib/auth/request-origin.ts";
import { describeArrival, readArrival } from "#server/arrival.ts";

process.env.HOOKLINE_TRUSTED_PROXIES = "10.0.0.0/8";

/** What a page's code sees of a request that came from `peer` with these headers. */
function seen(peer: string, headers: Record<string, string>): Headers {
  const request = { socket: { remoteAddress: peer }, headers: { ...headers } } as unknown as IncomingMessage;
  describeArrival(request, readArrival(request));
  return new Headers(request.headers as Record<string, string>);
}

test("a page learns the address behind trusted proxies and through which it was read", () => {
  const headers = seen("10.0.0.2", {
    host: "hooks.example.com",
    "x-forwarded-for": "198.51.100.1, 203.0.113.9, 10.0.0.3",
  });
  expect([clientIpOf(headers), clientThroughOf(headers)]).toEqual(["203.0.113.9", "10.0.0.3"]);
});

test("nobody can claim an address or a proxy", () => {
  const claims = {
    "x-forwarded-for": "127.0.0.1",
    "x-hookline-through": "10.0.0.2",
    "x-hookline-client-ip": "127.0.0.1",
    "x-hookline-door": "guess",
  };
  const headers = seen("203.0.113.9", { host: "hooks.example.com", ...claims });
  expect([clientIpOf(headers), clientThroughOf(headers)]).toEqual(["203.0.113.9", null]);
  const notOurs = new Headers(claims);
  expect([clientIpOf(notOurs), clientThroughOf(notOurs)]).toEqual(["unknown", null]);
});
