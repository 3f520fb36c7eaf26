import { afterAll, beforeAll, expect, it } from "vitest";
import { PAGE_POLICY, ROUTE_POLICY } from "#lib/auth/door-policy.ts";
import { type RunningApp, startApp } from "#tests/support/running-app.ts";
import { sendRaw } from "#tests/support/send-raw.ts";

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({ owner: true });
});
afterAll(() => app.stop());

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
const OPERATIONS = ["/healthz", "/readyz", "/metrics", "/in", "/in/", "/nowhere"];
const pathOf = (pattern: string): string =>
  pattern.replace(/\/\[\[?\.{3}[^\]]+\]\]?/g, "/flows").replace(/\[[^\]]+\]/g, "00000000-0000-7000-8000-000000000000");
const paths = [...new Set([...Object.keys(PAGE_POLICY), ...Object.keys(ROUTE_POLICY), ...OPERATIONS].map(pathOf))];

/** A diagnostic body would show one of these. */
const INSIDES = /node_modules|at [\w.]+ \(|\.ts:\d+|\.js:\d+:\d+|postgres(ql)?:\/\/|SELECT |HOOKLINE_SECRET/;

it.each(paths)("I-22: %s answers every method without failing and without showing its insides", async (path) => {
  for (const method of METHODS) {
    const body = method === "GET" || method === "HEAD" ? Buffer.alloc(0) : Buffer.from("{}");
    const headers = [
      ["content-type", "application/json"],
      ["x-canary", "echo-me-back"],
    ] as const;
    const answer = await sendRaw(app.url, { method, target: path, headers, body });
    expect([path, method, answer.status < 500 || answer.status === 501]).toEqual([path, method, true]);
    const text = answer.body.toString("latin1");
    if (method !== "GET") expect(text.slice(0, 20_000), `${method} ${path}`).not.toMatch(INSIDES);
    expect(text).not.toContain("echo-me-back");
  }
});

it("I-22: nobody without a session or key changes anything by any method", async () => {
  for (const path of paths.filter((each) => each.startsWith("/api/ui") || each.startsWith("/api/v1"))) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const answer = await sendRaw(app.url, {
        method,
        target: path,
        headers: [["content-type", "application/json"]],
        body: Buffer.from("{}"),
      });
      expect([path, method, answer.status]).toEqual([
        path,
        method,
        expect.toSatisfy((status: number) => [400, 401, 403, 404, 405].includes(status)),
      ]);
    }
  }
});

it("turns away server actions that no page of its own asked for", async () => {
  for (const origin of [null, "https://evil.example", "null"])
    for (const target of [
      "/endpoints",
      "/setup",
      "/connections/new",
      "/iconic",
      "/favicon.ico",
      "/in",
      "/api/nothing",
    ]) {
      const headers: [string, string][] = [
        ["next-action", "0".repeat(42)],
        ["content-type", "text/plain;charset=UTF-8"],
        ...(origin === null ? [] : [["origin", origin] as [string, string]]),
      ];
      const answer = await sendRaw(app.url, { method: "POST", target, headers, body: Buffer.from("[]") });
      expect([target, origin, answer.status]).toEqual([target, origin, 403]);
      expect(answer.body.toString("utf8")).toContain("does not come from a page of Hookline");
    }
});
