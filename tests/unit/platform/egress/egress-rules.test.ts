import { describe, expect, test } from "vitest";
import { classifyAddress } from "#lib/platform/egress/classify-address.ts";
import { type EgressRules, findRefusal, isOpenPort } from "#lib/platform/egress/egress-rules.ts";
import { parseTarget } from "#lib/platform/egress/parse-target.ts";

const none: EgressRules = { allow: [], permissions: [], locked: false };
const ask = (rules: Partial<EgressRules>, address: string, port = 80, host = address) =>
  findRefusal({ ...none, ...rules }, { purpose: "http", host, address, port });

// S-01: spellings of loopback, metadata and private addresses. What WHATWG parsing turns into a dotted quad is then
// classified.
const spellings = [
  "127.0.0.1",
  "127.1",
  "127.0.1",
  "2130706433",
  "0x7f000001",
  "0x7f.0.0.1",
  "0x7f.1",
  "0177.0.0.1",
  "017700000001",
  "0177.1",
  "127.0.0.1.",
  "127.127.127.127",
  "127.000.000.001",
  "0",
  "0.0.0.0",
  "00.0.0.0",
  "0x0",
  "%31%32%37.0.0.1",
  "127%2e0%2e0%2e1",
  "１２７.０.０.１",
  "①②⑦.⓪.⓪.①",
  "127。0。0。1",
  "127．0．0．1",
  "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
  "169.254.169.254",
  "2852039166",
  "0xa9fea9fe",
  "0xA9.0xFE.0xA9.0xFE",
  "0251.0376.0251.0376",
  "169.254.43518",
  "169.16689662",
  "10.0.0.1",
  "10.1",
  "0xa.1",
  "012.0.0.1",
  "192.168.1",
  "192.168.0.1",
  "3232235521",
  "172.16.0.1",
  "172.31.255.255",
  "100.64.0.1",
];

test.each(spellings)("refuses http://%s/ under every spelling", (spelling) => {
  const { host } = parseTarget(`http://${spelling}/`);
  expect(classifyAddress(host).kind, host).not.toBe("public");
  expect(ask({}, host), host).not.toBeNull();
});

// S-02
test.each([
  "::1",
  "::",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::127.0.0.1",
  "::ffff:0:127.0.0.1",
  "::ffff:0:7f00:1",
  "64:ff9b::7f00:1",
  "64:ff9b::8.8.8.8",
  "64:ff9b:1::1",
  "2002:7f00:1::",
  "2002:a00:1::1",
  "2001::1",
  "2001:0:53aa:64c::1",
  "2001:db8::1",
  "2001:10::1",
  "2001:20::1",
  "2001:2::1",
  "3fff::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  "ff0e::1",
  "100::1",
  "5f00::1",
  "4000::1",
  "e000::1",
  "::ffff:8.8.8.8",
  "::8.8.8.8",
  "fe80::1%eth0",
])("refuses the IPv6 form %s", (address) => {
  expect(ask({}, address)).not.toBeNull();
});

test.each([
  "224.0.0.1",
  "255.255.255.255",
  "240.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.7",
  "203.0.113.9",
  "192.88.99.1",
  "192.0.0.8",
])("refuses the special IPv4 address %s", (address) => expect(ask({}, address)).not.toBeNull());

test.each([
  "8.8.8.8",
  "1.1.1.1",
  "93.184.215.14",
  "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
  "2a00:1450:4001:81b::200e",
])("lets the public address %s through", (address) => {
  expect(ask({}, address, 443)).toBeNull();
});

// S-03
describe("metadata", () => {
  const addresses = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "169.254.0.23",
    "168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "fe80::a9fe:a9fe",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
  ];
  test.each(addresses)("is never opened for %s, by no rule", (address) => {
    const wide: EgressRules = {
      allow: [
        address.includes(":") ? `${address}/128` : `${address}/32`,
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fd00::/8",
        "fe80::/10",
        "host",
        address,
      ],
      permissions: [{ address, port: 80 }],
      locked: false,
    };
    expect(findRefusal(wide, { purpose: "http", host: "host", address, port: 80 })).toMatchObject({
      reason: "metadata-address",
      allowable: false,
    });
  });

  test.each(["metadata.google.internal", "metadata.goog", "instance-data"])(
    "is never opened for the name %s, wherever it leads",
    (host) => {
      expect(ask({ allow: [host] }, "8.8.8.8", 80, host)).toMatchObject({ reason: "metadata-address" });
    },
  );
});

// S-10
describe("HOOKLINE_EGRESS_ALLOW", () => {
  test.each([
    ["10.1.0.0/16", "10.1.2.3", "x", 8080, true],
    ["10.1.0.0/16", "10.2.0.1", "x", 8080, false],
    ["127.0.0.1/32", "127.0.0.1", "x", 22, true],
    ["127.0.0.1/32", "127.0.0.2", "x", 80, false],
    ["crm.local", "192.168.1.10", "crm.local", 8080, true],
    ["crm.local", "192.168.1.10", "evil.crm.local", 8080, false],
    ["*.local", "192.168.1.10", "crm.local", 8080, true],
    ["*.local", "192.168.1.10", "local", 8080, false],
    ["*.local", "192.168.1.10", "crmlocal", 8080, false],
    ["mail.internal:25", "10.0.0.9", "mail.internal", 25, true],
    ["mail.internal:25", "10.0.0.9", "mail.internal", 26, false],
    ["[fd12::1]:8080", "fd12::1", "fd12::1", 8080, true],
    ["[fd12::1]:8080", "fd12::1", "fd12::1", 80, false],
    ["fd12::/32", "fd12::99", "x", 443, true],
    ["10.0.0.0/8", "::ffff:10.0.0.1", "x", 443, false],
  ] as const)("%s: %s as %s on port %i is allowed: %s", (entry, address, host, port, allowed) => {
    expect(ask({ allow: [entry] }, address, port, host) === null).toBe(allowed);
  });
});

describe("a workspace's permission", () => {
  const rules = { permissions: [{ address: "192.168.1.10", port: 8080 }] };
  test("opens exactly one address and port", () => {
    expect(ask(rules, "192.168.1.10", 8080, "crm.local")).toBeNull();
    expect(ask(rules, "192.168.1.10", 8081, "crm.local")).not.toBeNull();
    expect(ask(rules, "192.168.1.11", 8080, "crm.local")).not.toBeNull();
  });
  test("does not open other spellings that hide an address", () => {
    expect(ask({ permissions: [{ address: "::ffff:192.168.1.10", port: 80 }] }, "192.168.1.10")).not.toBeNull();
  });
});

test("names the resolved address, why, and the remedy", () => {
  expect(ask({}, "192.168.1.10", 8080, "crm.local")).toEqual({
    reason: "private-address",
    host: "crm.local",
    address: "192.168.1.10",
    port: 8080,
    allowable: true,
    message:
      "Hookline does not call private addresses: crm.local is 192.168.1.10, inside a private network. " +
      "An owner or admin can allow 192.168.1.10:8080 for this workspace. Nothing was sent.",
  });
  expect(ask({ locked: true }, "192.168.1.10", 8080, "crm.local")).toMatchObject({
    allowable: false,
    message: expect.stringContaining("HOOKLINE_EGRESS_ALLOW"),
  });
});

// S-09
test("opens web ports and closes those of databases, mail and remote control", () => {
  for (const port of [80, 443, 3000, 8080, 8443, 9000]) expect(isOpenPort("http", port), String(port)).toBe(true);
  for (const port of [0, 1, 22, 23, 25, 53, 110, 445, 1433, 2375, 3306, 3389, 5432, 6379, 9042, 11_211, 27_017, 65_536])
    expect(isOpenPort("http", port), String(port)).toBe(false);
  for (const port of [25, 465, 587, 2525]) expect(isOpenPort("smtp", port), String(port)).toBe(true);
  for (const port of [80, 443, 22, 5432]) expect(isOpenPort("smtp", port), String(port)).toBe(false);
  expect(ask({}, "8.8.8.8", 6379)).toMatchObject({ reason: "port" });
  expect(ask({ allow: ["8.8.8.8:6379"] }, "8.8.8.8", 6379)).toBeNull();
  expect(ask({ allow: ["8.8.8.8"] }, "8.8.8.8", 0)).toMatchObject({ reason: "port" });
});
