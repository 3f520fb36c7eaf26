import { NextRequest } from "next/server";
import { beforeEach, describe, expect, test } from "vitest";
import { refuseForeignPage } from "#lib/auth/request-origin.ts";
import { holdPublicUrl } from "#lib/platform/public-url.ts";
import { config, proxy } from "../../proxy.ts";

const HOST = "hooks.example.com";
const ask = (method: string, path: string, headers: Record<string, string>) =>
  proxy(new NextRequest(`https://${HOST}${path}`, { method, headers: { host: HOST, ...headers } }));

beforeEach(() => holdPublicUrl(`https://${HOST}`));

describe("an act on a page", () => {
  test.each([
    ["no Origin", {}],
    ["another site's Origin", { origin: "https://evil.example" }],
    ["an opaque Origin", { origin: "null" }],
    ["our host with another port", { origin: `https://${HOST}:8443` }],
    ["a name that begins like ours", { origin: `https://${HOST}.evil.example` }],
  ])("with %s is turned away with 403", (_name, origin) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"])
      for (const path of [
        "/endpoints",
        "/setup",
        "/settings/account",
        "/apiary",
        "/api/nothing",
        "/iconic",
        "/in",
        "/answer/a/b",
      ]) {
        expect(path).toMatch(new RegExp(`^${config.matcher[0]}$`));
        const answer = ask(method, path, { "next-action": "0".repeat(42), ...origin });
        expect([answer.status, answer.headers.get("x-middleware-next")], `${method} ${path}`).toEqual([403, null]);
      }
    expect(() => refuseForeignPage(new Headers({ host: HOST, "next-action": "x", ...origin }))).toThrow(
      "does not come from a page",
    );
  });

  test("from a page of ours goes on, with and without script", () => {
    const kinds: Record<string, string>[] = [
      { "next-action": "x" },
      { "content-type": "multipart/form-data; boundary=x" },
    ];
    for (const kind of kinds) {
      const headers = { origin: `https://${HOST}`, ...kind };
      expect(ask("POST", "/endpoints", headers).headers.get("x-middleware-next")).toBe("1");
      expect(() => refuseForeignPage(new Headers({ host: HOST, ...headers }))).not.toThrow();
    }
  });
});

test("reads need no Origin, and neither does the API, which looks at keys alone", () => {
  expect(ask("GET", "/endpoints", {}).headers.get("x-middleware-next")).toBe("1");
  expect(ask("POST", "/api/v1/flows", { authorization: "Bearer x" }).headers.get("x-middleware-next")).toBe("1");
  expect(() => refuseForeignPage(new Headers({ host: HOST }))).not.toThrow();
});

test("promises https to browsers only where the public address is https and they came by it", () => {
  const promised = (headers: Record<string, string>) =>
    ask("GET", "/endpoints", headers).headers.get("strict-transport-security");
  expect(promised({ "x-forwarded-proto": "https" })).toBe("max-age=15552000");
  expect(promised({ host: "192.168.1.10:3000", "x-forwarded-proto": "http" })).toBeNull();
  holdPublicUrl(`http://${HOST}`);
  expect(promised({ "x-forwarded-proto": "https" })).toBeNull();
});
