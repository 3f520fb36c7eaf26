import { describe, expect, it } from "vitest";
import { type AddressRange, isInRanges, parseAddressRange } from "#lib/core/address-range.ts";
import { readClientAddress } from "#lib/door/client-address.ts";

const ranges = (...texts: string[]): AddressRange[] =>
  texts.map((text) => parseAddressRange(text)).filter((range) => range !== null);
const read = (peerAddress: string, forwardedFor: string | undefined, trusted: string[], forwardedProto?: string) =>
  readClientAddress({ peerAddress, encrypted: false, forwardedFor, forwardedProto }, ranges(...trusted));

describe("the client's address", () => {
  it.each([
    ["believes nothing from a peer that is no trusted proxy", "203.0.113.9", "1.2.3.4", [], "203.0.113.9"],
    ["takes the address the trusted proxy saw", "10.0.0.2", "198.51.100.7", ["10.0.0.2"], "198.51.100.7"],
    ["ignores what a client wrote to the left", "10.0.0.2", "1.1.1.1, 198.51.100.7", ["10.0.0.2"], "198.51.100.7"],
    ["walks through several trusted proxies", "10.0.0.2", "198.51.100.7, 10.0.0.9", ["10.0.0.0/8"], "198.51.100.7"],
    [
      "stops at the last trusted hop when the rest is not an address",
      "10.0.0.2",
      "unknown, 10.0.0.9",
      ["10.0.0.0/8"],
      "10.0.0.9",
    ],
    ["is the proxy itself when it forwards nothing", "10.0.0.2", undefined, ["10.0.0.2"], "10.0.0.2"],
    ["reads IPv4 inside IPv6 as IPv4", "::ffff:10.0.0.2", "::ffff:198.51.100.7", ["10.0.0.2"], "198.51.100.7"],
    ["reads addresses with ports", "10.0.0.2", "[2001:db8::7]:443", ["10.0.0.2"], "2001:db8::7"],
    ["reads IPv4 with a port", "10.0.0.2", "198.51.100.7:5555", ["10.0.0.2"], "198.51.100.7"],
  ])("%s", (_what, peer, forwarded, trusted, expected) => {
    expect(read(peer, forwarded, trusted).ip).toBe(expected);
  });

  it("believes a forwarded protocol from a trusted proxy only", () => {
    expect(read("10.0.0.2", "198.51.100.7", ["10.0.0.2"], "https").https).toBe(true);
    expect(read("203.0.113.9", "198.51.100.7", ["10.0.0.2"], "https").https).toBe(false);
  });
});

describe("address ranges", () => {
  it.each(["10.0.0.0/33", "10.0.0", "0x7f.1", "127", "fe80::/129", "10.0.0.1/", "10.0.0.1/-1", "a", ""])(
    "refuses %j",
    (text) => {
      expect(parseAddressRange(text)).toBeNull();
    },
  );

  it("matches by family and prefix", () => {
    expect(isInRanges("192.0.2.255", ranges("192.0.2.0/24"))).toBe(true);
    expect(isInRanges("192.0.3.0", ranges("192.0.2.0/24"))).toBe(false);
    expect(isInRanges("2001:db8::1", ranges("2001:db8::/32"))).toBe(true);
    expect(isInRanges("2001:db9::1", ranges("2001:db8::/32", "0.0.0.0/1"))).toBe(false);
    expect(isInRanges("not an address", ranges("0.0.0.0/1"))).toBe(false);
  });
});
