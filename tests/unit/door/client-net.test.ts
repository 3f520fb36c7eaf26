import { expect, test } from "vitest";
import { clientNetOf } from "#lib/door/client-net.ts";

test.each([
  ["203.0.113.9", "203.0.113.0/24"],
  ["::ffff:203.0.113.9", "203.0.113.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["2001:0DB8:0001::", "2001:db8:1::/48"],
  ["2001:db8::1", "2001:db8:0::/48"],
  ["::1", "0:0:0::/48"],
  ["unknown", "unknown"],
  [null, null],
])("%j belongs to %j", (ip, net) => expect(clientNetOf(ip)).toBe(net));
