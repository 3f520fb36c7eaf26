import { expect, test } from "vitest";
import { curlOf } from "#lib/loaders/curl-of.ts";

const request = (body: string | Buffer, headers: [string, string][]) => {
  const bytes = Buffer.from(body as string);
  return { method: "POST", query: "a=1", headers: JSON.stringify(headers), body: bytes, bodyBytes: bytes.byteLength };
};

test("writes a stored request with raw header bytes and its body, text or not, without the hop's headers", () => {
  const headers: [string, string][] = [
    ["Host", "hooks.test"],
    ["X-Name", "caf\u00e9"],
    ["X-Utf8", "caf\u00c3\u00a9"],
  ];
  expect(curlOf(request("@x", headers), "https://hooks.test/in/t")).toBe(
    [
      "curl -X 'POST' 'https://hooks.test/in/t?a=1'",
      `-H "$(printf 'X-Name: caf\\351')"`,
      "-H 'X-Utf8: café'",
      "-H 'Content-Type:'",
      "--data-raw '@x'",
    ].join(" \\\n  "),
  );
  expect(curlOf(request(Buffer.from([0x80, 0]), []), "https://hooks.test/in/t")).toMatch(
    /^printf %s 'gAA=' \| base64 -d/,
  );
  expect(curlOf({ ...request("abc", []), bodyBytes: 4 }, "https://hooks.test/in/t")).toBeNull();
});
