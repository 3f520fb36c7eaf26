import { expect, test } from "vitest";
import { judgeAddress } from "#lib/door/judge-address.ts";

test("names the line an address is on, IPv4 inside IPv6 included", () => {
  const lines = ["10.0.0.0/8", "2001:db8::/32", "203.0.113.9"];
  expect(judgeAddress(" 203.0.113.9 ", null, lines)).toMatchObject({ admitted: true, line: "203.0.113.9" });
  expect(judgeAddress("::ffff:10.1.2.3", null, lines)).toMatchObject({
    address: "10.1.2.3",
    admitted: true,
    line: "10.0.0.0/8",
  });
  expect(judgeAddress("2001:db8::7", "10.0.0.2", lines)).toMatchObject({
    admitted: true,
    line: "2001:db8::/32",
    through: "10.0.0.2",
  });
  expect(judgeAddress("198.51.100.1", null, lines)).toMatchObject({ admitted: false, line: null, listIsEmpty: false });
});

test("an empty list lets everybody in, and lines that are no range let nobody in", () => {
  expect(judgeAddress("198.51.100.1", null, [])).toMatchObject({ admitted: true, line: null, listIsEmpty: true });
  expect(judgeAddress("198.51.100.1", null, ["198.51.100.0/33", "example.com"])).toMatchObject({
    admitted: false,
    badLines: ["198.51.100.0/33", "example.com"],
  });
});

test.each(["", "unknown", "example.com", "1.2.3", "0x7f.1", "1.2.3.4/8"])("%j is no address", (text) => {
  expect(judgeAddress(text, null, []).kind).toBe("no-address");
});
