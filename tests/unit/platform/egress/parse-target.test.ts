import { expect, test } from "vitest";
import { findHeaderProblem } from "#lib/platform/egress/check-headers.ts";
import { parseTarget } from "#lib/platform/egress/parse-target.ts";

// S-08
test.each([
  "file:///etc/passwd",
  "gopher://x/1",
  "ftp://x/",
  "data:text/plain,hi",
  "javascript:alert(1)",
  "blob:http://x/1",
  "ws://x/",
  "wss://x/",
  "unix:/run/x.sock",
  "about:blank",
  "mailto:a@b.c",
  "dict://x:1/",
  "ldap://x/",
  "",
  "//x/",
  "/path",
  "x.dev/path",
  "http://",
  "http:///",
  "https://:443/",
  "http://a b/",
  "http://x:65536/",
  "http://[::1",
  "http://%00/",
])("refuses %j", (url) => {
  expect(() => parseTarget(url)).toThrow(expect.objectContaining({ name: "EgressRefused" }));
});

// S-07
test.each([
  "http://user@x.dev/",
  "http://user:pass@x.dev/",
  "http://:pass@x.dev/",
  "http://a@b@x.dev/",
  "http://evil.dev#@x.dev@good.dev/".replace("#", "%23"),
])("refuses credentials in %s", (url) => {
  expect(() => parseTarget(url)).toThrow(
    expect.objectContaining({ refusal: expect.objectContaining({ reason: "userinfo" }) }),
  );
});

test.each([
  ["http://good.dev\\@evil.dev/", "good.dev", "/@evil.dev/"],
  ["http:\\\\good.dev\\x", "good.dev", "/x"],
  ["http://go\tod\n.dev/", "good.dev", "/"],
  ["http://good.dev#@evil.dev/", "good.dev", "/"],
  ["http://good.dev?@evil.dev/", "good.dev", "/?@evil.dev/"],
  ["HTTP://GOOD.dev.:80/a%2fb?c=d#e", "good.dev", "/a%2fb?c=d"],
  ["http://gооd.dev/", "xn--gd-fmca.dev", "/"],
  ["http://[::FFFF:7f00:1]/", "::ffff:7f00:1", "/"],
])("reads %j as one host and path, for checking and calling alike", (url, host, path) => {
  expect(parseTarget(url)).toMatchObject({ host, path });
});

// S-13
test.each([
  [[["X", "a\r\nInjected: 1"]]],
  [[["X", "a\nb"]]],
  [[["X", "a\0b"]]],
  [[["X", "\u007f"]]],
  [[["X\r\nY", "a"]]],
  [[["X Y", "a"]]],
  [[["", "a"]]],
  [[["X:", "a"]]],
  [[["Host", "evil"]]],
  [[["hOsT", "evil"]]],
  [[["Content-Length", "0"]]],
  [[["Transfer-Encoding", "chunked"]]],
  [[["Connection", "close"]]],
  [[["Upgrade", "h2c"]]],
  [[["Proxy-Authorization", "x"]]],
  [[["TE", "trailers"]]],
  [[["Expect", "100-continue"]]],
  [
    [
      ["Content-Type", "a/b"],
      ["content-type", "c/d"],
    ],
  ],
  [
    [
      ["Authorization", "a"],
      ["AUTHORIZATION", "b"],
    ],
  ],
] as [string, string][][][])("refuses the headers %j", (headers) => {
  expect(findHeaderProblem("POST", headers)).not.toBeNull();
});

test("takes ordinary headers, odd names and repeated ones included", () => {
  expect(
    findHeaderProblem("POST", [
      ["__proto__", "x"],
      ["X-A", "1"],
      ["x-a", "2"],
      ["Accept", "*/*"],
      ["X-Latin", "é"],
      ["X-Empty", ""],
    ]),
  ).toBeNull();
});

test.each(["CONNECT", "TRACE", "GET\r\nX: 1", "GET /", "", "GÉT"])("refuses the method %j", (method) => {
  expect(findHeaderProblem(method, [])).not.toBeNull();
});
