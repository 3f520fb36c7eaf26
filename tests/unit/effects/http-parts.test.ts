import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readWritten, writeJson } from "#lib/core/json-text.ts";
import { nextHop } from "#lib/effects/next-hop.ts";
import { parseAnswer } from "#lib/effects/parse-answer.ts";
import { readRetryAfter } from "#lib/effects/retry-after.ts";
import { decodeBody } from "#lib/platform/egress/decode-body.ts";

const now = new Date("2026-11-23T10:00:00Z");

describe("Retry-After", () => {
  test.each([
    ["120", 120_000],
    [" 5 ", 5_000],
    ["0", 0],
    ["1000000000000", 86_400_000],
    ["Mon, 23 Nov 2026 10:01:30 GMT", 90_000],
    ["Mon, 23 Nov 2026 09:00:00 GMT", 0],
    ["Monday, 23-Nov-26 10:00:10 GMT", 10_000],
    ["soon", null],
    ["-1", null],
    ["1.5", null],
    ["", null],
    ["12 parsecs", null],
    [undefined, null],
  ])("%j is %j ms", (value, wish) => expect(readRetryAfter(value, now)).toBe(wish));
});

describe("parseAnswer", () => {
  const of = (text: string | Buffer, type?: string) => readWritten(parseAnswer(Buffer.from(text as string), type));
  test("reads JSON by its type, and only what is JSON", () => {
    expect(of('{"a":1}', "application/json")).toEqual({ a: 1 });
    expect(of('{"a":1}', "application/problem+json; charset=utf-8")).toEqual({ a: 1 });
    expect(of('{"a":1}', "text/plain")).toBe('{"a":1}');
    expect(of("{a:1}", "application/json")).toBe("{a:1}");
    expect(writeJson(parseAnswer(Buffer.from(' {"id": 9007199254740993}\n'), "application/json"))).toBe(
      '{"id": 9007199254740993}',
    );
    expect(of('{"__proto__":{"x":1}}', "application/json")).toEqual(JSON.parse('{"__proto__":{"x":1}}'));
  });
  test("keeps JSON too deep to be written out again as text", () => {
    const deep = "[".repeat(10_000) + "]".repeat(10_000);
    expect(of(deep, "application/json")).toBe(deep);
  });
  test("reads text in its charset, binary as base64, nothing as null", () => {
    expect(of(Buffer.from([0xe9]), "text/plain; charset=iso-8859-1")).toBe("é");
    expect(of("hi")).toBe("hi");
    expect(of(Buffer.from([1, 255]), "image/png")).toEqual({ base64: "Af8=", contentType: "image/png" });
    expect(of(Buffer.from([0xff, 0xfe, 0xfd]))).toEqual({ base64: "//79", contentType: null });
    expect(of("", "application/json")).toBeNull();
    expect(of("<a/>", "image/svg+xml")).toBe("<a/>");
    expect(of("x", "text/plain; charset=nonsense")).toBe("x");
  });
});

describe("decodeBody", () => {
  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ] as const)("undoes %s", async (coding, pack) => {
    expect(await decodeBody(pack(Buffer.from("hello")), coding, 100)).toEqual({
      bytes: Buffer.from("hello"),
      truncated: false,
      problem: null,
    });
  });
  test("stops a bomb at the cap", async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    const before = process.memoryUsage().rss;
    const out = await decodeBody(bomb, "gzip", 1_048_576);
    expect(out).toMatchObject({ truncated: true, problem: null });
    expect(out.bytes.length).toBe(1_048_576);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });
  test("leaves codings it did not ask for as they came", async () => {
    for (const coding of ["br", "zstd", "gzip, gzip", "gzip,deflate,gzip,deflate,gzip,deflate"]) {
      const raw = brotliCompressSync("x");
      expect(await decodeBody(raw, coding, 100)).toEqual({ bytes: raw, truncated: false, problem: "coding" });
    }
  });
  test("keeps what came before a coding broke off or lied", async () => {
    expect(await decodeBody(Buffer.from("not gzip"), "gzip", 100)).toMatchObject({ problem: "damaged" });
    const half = gzipSync(Buffer.from("x".repeat(1_000))).subarray(0, 18);
    expect((await decodeBody(half, "gzip", 10_000)).bytes.length).toBeLessThan(1_001);
  });
});

describe("nextHop", () => {
  const post = {
    method: "POST",
    url: "https://a.dev/x",
    headers: [
      ["Authorization", "s"],
      ["X-Key", "s"],
      ["Content-Type", "a/b"],
      ["X-Plain", "1"],
    ] as [string, string][],
    body: Buffer.from("b"),
    responseBytesMax: 1,
  };
  const secret = new Set(["x-key"]);
  test("keeps method, body and secrets at the same origin for 307 and 308", () => {
    for (const status of [307, 308])
      expect(nextHop(post, status, "/y", secret)).toEqual({
        kind: "follow",
        message: { ...post, url: "https://a.dev/y" },
      });
  });
  test("turns POST into GET without a body for 301, 302 and 303", () => {
    for (const status of [301, 302, 303])
      expect(nextHop(post, status, "/y", secret)).toMatchObject({ message: { method: "GET", body: null } });
    expect(nextHop({ ...post, method: "PUT" }, 302, "/y", secret)).toMatchObject({ message: { method: "PUT" } });
  });
  test("leaves secrets behind when the origin changes", () => {
    for (const to of ["https://b.dev/", "https://a.dev:444/", "//b.dev/", "\\\\b.dev\\"])
      expect(nextHop(post, 307, to, secret)).toMatchObject({
        message: {
          headers: [
            ["Content-Type", "a/b"],
            ["X-Plain", "1"],
          ],
        },
      });
  });
  test("does not go from https to http", () => {
    expect(nextHop(post, 307, "http://a.dev/", secret)).toMatchObject({ kind: "stop" });
  });
});
