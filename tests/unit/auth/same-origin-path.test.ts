import { expect, test } from "vitest";
import { sameOriginPath } from "#lib/auth/same-origin-path.ts";

const away = [
  "//evil.example",
  "///evil.example",
  "////evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\\/evil.example",
  "/%5cevil.example",
  "/%5Cevil.example",
  "/%2fevil.example",
  "/%2Fevil.example",
  "/%09/evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/%0a/evil.example",
  "/%0d%0aLocation:x",
  "https:evil.example",
  "https://evil.example",
  "http:/evil.example",
  "javascript:alert(1)",
  "JaVaScript:alert(1)",
  "data:text/html,x",
  "user@evil.example",
  "https://user:pass@evil.example",
  "evil.example",
  "",
  "?next=//evil.example",
  "#x",
  "./x",
  "../x",
  "/ /evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/%2e%2e//evil.example",
  "/%ff",
  "/\u0000",
  "\u0000/x",
  " /x",
  "/./\\evil.example",
  `/${"a".repeat(3_000)}`,
];

test.each(away)("never leaves the site by %j", (address) => {
  expect(sameOriginPath(address, "/home")).toBe("/home");
});

test.each([
  ["/", "/"],
  ["/runs?status=failed&q=a%2Fb#step", "/runs?status=failed&q=a%2Fb#step"],
  ["/runs?next=https://x.example//y", "/runs?next=https://x.example//y"],
  ["/a/../b", "/b"],
  ["/flows/%C3%A9", "/flows/%C3%A9"],
])("keeps %j", (address, kept) => {
  expect(sameOriginPath(address)).toBe(kept);
});

test("takes null and undefined for the start page", () => {
  expect([sameOriginPath(null), sameOriginPath(undefined)]).toEqual(["/", "/"]);
});
