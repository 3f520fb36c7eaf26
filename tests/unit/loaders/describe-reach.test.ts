import { expect, test } from "vitest";
import { describeReach, reachOf } from "#lib/loaders/describe-reach.ts";

test.each([
  ["http://localhost:3000", "this-computer"],
  ["http://127.0.0.2:3000", "this-computer"],
  ["http://[::1]:3000", "this-computer"],
  ["http://hooks.localhost", "this-computer"],
  ["http://192.168.1.20:3000", "network"],
  ["http://10.1.2.3", "network"],
  ["http://100.100.1.1", "network"],
  ["http://[fd00::1]:3000", "network"],
  ["http://nas:3000", "network"],
  ["https://hooks.lan", "network"],
  ["https://hooks.example.com", "public"],
  ["http://203.0.113.7", "public"],
])("%s reaches %s", (address, reach) => {
  expect(reachOf(address)).toBe(reach);
});

test("names the sender, its own forwarder and the host that cannot be called", () => {
  const { title, sentence } = describeReach("http://localhost:3000", { name: "Stripe", forwarder: "Stripe CLI" });
  expect(title).toBe("Only this computer can reach this address");
  expect(sentence).toBe(
    "Stripe cannot call localhost. Forward with the Stripe CLI, open a tunnel, or enter your public address.",
  );
  expect(describeReach("http://192.168.1.20:3000").sentence).toMatch(
    /^Senders on the internet cannot call 192\.168\.1\.20/,
  );
});

test("a public name without https is said to be readable", () => {
  expect(describeReach("http://hooks.example.com")).toMatchObject({
    kind: "unknown",
    title: "This address is not encrypted",
  });
  expect(describeReach("https://hooks.example.com").kind).toBe("public");
});
