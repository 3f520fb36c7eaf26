import { describe, expect, test } from "vitest";
import { readWritten, writeJson } from "#lib/core/json-text.ts";
import { nextHop } from "#lib/effects/next-hop.ts";
import { readAnswer, showBody } from "#lib/effects/read-answer.ts";
import { readRetryAfter } from "#lib/effects/retry-after.ts";

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

describe("readAnswer", () => {
  const of = async (text: string | Buffer, type?: string) =>
    readWritten((await readAnswer(Buffer.from(text as string), type)).body);
  test("reads JSON by its type and by its content, and only what is JSON", async () => {
    expect(await of('{"a":1}', "application/json")).toEqual({ a: 1 });
    expect(await of('{"a":1}', "application/problem+json; charset=utf-8")).toEqual({ a: 1 });
    for (const type of ["text/plain; charset=utf-8", "text/html", undefined, "application/x-amz-json-1.1"])
      expect(await of('{"a":1}', type)).toEqual({ a: 1 });
    expect(await of("{a:1}", "application/json")).toBe("{a:1}");
    expect(await of('{"__proto__":{"x":1}}', "application/json")).toEqual(JSON.parse('{"__proto__":{"x":1}}'));
  });
  test("keeps JSON too deep to be written out again as text", async () => {
    const deep = "[".repeat(200) + "]".repeat(200);
    expect(await of(deep, "application/json")).toBe(deep);
  });
  test("reads text in its charset, binary as base64, nothing as null", async () => {
    expect(await of(Buffer.from([0xe9]), "text/plain; charset=iso-8859-1")).toBe("é");
    expect(await of('{"n":"Café"}', "application/json; charset=ISO-8859-1")).toEqual({ n: "Café" });
    expect(await of("hi")).toBe("hi");
    expect(await of(Buffer.from([1, 255]), "image/png")).toEqual({ base64: "Af8=", contentType: "image/png" });
    expect(await of("hi", "application/octet-stream")).toMatchObject({ base64: "aGk=" });
    expect(await of(Buffer.from([0xff, 0xfd, 0xfe]))).toEqual({ base64: "//3+", contentType: null });
    expect(await of("", "application/json")).toBeNull();
    expect(await of("x", "text/plain; charset=nonsense")).toBe("x");
    expect(await of("access_token=a&scope=b", "application/x-www-form-urlencoded")).toEqual({
      access_token: "a",
      scope: "b",
    });
  });
  test("gives numbers that lose digits as they were written, beside the value", async () => {
    const { body, exact, notes } = await readAnswer(Buffer.from('{"id":9007199254740993}'), "application/json");
    expect([writeJson(body), exact]).toEqual(['{"id":9007199254740993}', { id: "9007199254740993" }]);
    expect(notes).toMatchObject([{ kind: "lossy-number", path: "id" }]);
    expect(await readAnswer(Buffer.from('{"id":7}'), "application/json")).not.toHaveProperty("exact");
  });
  test("shows the beginning of a long answer, whole characters only", () => {
    const shown = showBody(Buffer.from(`a${"é".repeat(40_000)}`), "text/plain");
    expect(shown).toEqual({ text: `a${"é".repeat(32_767)}` });
    expect(showBody(Buffer.from("GIF"), "image/gif")).toEqual({ base64: "R0lG" });
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
