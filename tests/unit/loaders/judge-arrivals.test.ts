import { expect, test } from "vitest";
import type { Arrival } from "#lib/db/arrivals.ts";
import { findOtherHost, findOutsideArrival } from "#lib/loaders/judge-arrivals.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
const arrival = (facts: Partial<Arrival>): Arrival => ({
  id: "r1",
  accepted: true,
  clientIp: "127.0.0.1",
  host: "localhost:3000",
  proto: null,
  receivedAt: at(0),
  ...facts,
});

test("the newest request from a public address counts, refused ones too; private ones do not", () => {
  expect(
    findOutsideArrival([arrival({}), arrival({ clientIp: "192.168.1.4" }), arrival({ clientIp: "169.254.1.1" })]),
  ).toBeNull();
  const found = findOutsideArrival([
    arrival({ clientIp: "10.0.0.2" }),
    arrival({ id: "r2", accepted: false, clientIp: "54.1.2.3", receivedAt: at(5) }),
    arrival({ id: "r3", clientIp: "54.9.9.9" }),
  ]);
  expect(found).toEqual({ id: "r2", clientIp: "54.1.2.3", at: at(5).toISOString() });
});

test("proposes the host events come in under, https unless a proxy says otherwise", () => {
  const rows = [arrival({ host: "hooks.example.com" }), arrival({ host: "hooks.example.com" }), arrival({})];
  expect(findOtherHost(rows, "http://localhost:3000")).toMatchObject({
    address: "https://hooks.example.com",
    host: "hooks.example.com",
    count: 2,
    of: 2,
  });
  expect(findOtherHost([arrival({ host: "hooks.example.com", proto: "http" })], "http://localhost:3000")?.address).toBe(
    "http://hooks.example.com",
  );
  expect(findOtherHost([arrival({ host: "192.168.1.5:3000" })], "http://localhost:3000")?.address).toBe(
    "http://192.168.1.5:3000",
  );
});

test("proposes nothing for the configured host, loopback, a lesser reach, refused requests or nonsense", () => {
  const none = (rows: Arrival[], address = "https://hooks.example.com") =>
    expect(findOtherHost(rows, address)).toBeNull();
  none([arrival({ host: "hooks.example.com" })]);
  none([arrival({ host: "localhost:3000" })]);
  none([arrival({ host: "192.168.1.5:3000" })]);
  none([arrival({ accepted: false, host: "evil.example" })], "http://localhost:3000");
  none(
    [
      arrival({ host: "a b" }),
      arrival({ host: "user@evil.example" }),
      arrival({ host: "evil.example/path" }),
      arrival({ host: null }),
    ],
    "http://localhost:3000",
  );
});

test("one event under another name among many is not proposed, however new it is", () => {
  const rows = [
    arrival({ host: "evil.example" }),
    ...Array.from({ length: 5 }, () => arrival({ host: "hooks.example.com" })),
  ];
  expect(findOtherHost(rows, "https://hooks.example.com")).toBeNull();
  expect(findOtherHost(rows, "http://localhost:3000")?.host).toBe("hooks.example.com");
});
