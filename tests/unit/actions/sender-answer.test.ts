import { describe, expect, it } from "vitest";
import { action } from "#lib/actions/sender-answer.ts";
import type { PlanContext } from "#lib/engine/action.ts";

const context: PlanContext = {
  runId: "r",
  stepPath: "answer",
  idempotencyKey: "k".repeat(64),
  now: new Date("2026-03-04T05:06:07.000Z"),
  connection: null,
  publicHost: "hooks.acme.dev",
};

const plan = (input: object) => action.plan(action.input.parse(input), context);
const refusal = (input: object) => {
  const result = plan(input);
  return result.kind === "refused" ? [result.code, result.field] : result;
};

describe("sender.answer", () => {
  it("plans status, headers and a body of each kind", () => {
    expect(
      plan({ status: 201, body: { kind: "json", json: '{"a":1}' }, headers: [{ name: "X-Order", value: " 7 " }] }),
    ).toEqual({
      kind: "planned",
      effect: {
        kind: "answer",
        status: 201,
        headers: [
          ["x-order", "7"],
          ["content-type", "application/json"],
        ],
        body: '{"a":1}',
      },
    });
    expect(plan({ body: { kind: "html", html: "<p>" } })).toMatchObject({
      effect: { headers: [["content-type", "text/html; charset=utf-8"]], body: "<p>" },
    });
    expect(plan({ body: { kind: "text", text: "ok", contentType: "text/xml" } })).toMatchObject({
      effect: { headers: [["content-type", "text/xml"]], body: "ok" },
    });
    expect(plan({ status: 204 })).toMatchObject({ effect: { status: 204, headers: [], body: "" } });
    expect(plan({ status: 303, headers: [{ name: "Location", value: "https://shop.example/thanks" }] })).toMatchObject({
      effect: { headers: [["location", "https://shop.example/thanks"]] },
    });
  });

  it.each([
    "Set-Cookie",
    "Content-Length",
    "Content-Type",
    "Transfer-Encoding",
    "Connection",
    "Content-Security-Policy",
    "Access-Control-Allow-Origin",
    "Cache-Control",
    "Clear-Site-Data",
    "Service-Worker-Allowed",
    "Strict-Transport-Security",
    "Refresh",
    "Link",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Accel-Redirect",
    "X-Sendfile",
    "X-Request-Id",
    "X-Forwarded-For",
    "x y",
    "__proto__",
  ])("refuses the header %s", (name) => {
    expect(refusal({ headers: [{ name, value: "a" }] })).toEqual(["header-not-allowed", "headers.0"]);
  });

  it("refuses line breaks in headers, what is no web address, broken JSON, and bodies where none may be", () => {
    expect(refusal({ headers: [{ name: "X-A", value: "a\r\nSet-Cookie: b=c" }] })).toEqual([
      "header-not-allowed",
      "headers.0",
    ]);
    expect(refusal({ headers: [{ name: "Location", value: "javascript:alert(1)" }] })).toEqual([
      "header-not-allowed",
      "headers.0",
    ]);
    expect(refusal({ headers: [{ name: "Location", value: "/relative" }] })).toEqual([
      "header-not-allowed",
      "headers.0",
    ]);
    expect(
      refusal({
        headers: [
          { name: "X-A", value: "1" },
          { name: "x-a", value: "2" },
        ],
      }),
    ).toEqual(["header-not-allowed", "headers.1"]);
    expect(refusal({ body: { kind: "json", json: "{" } })).toEqual(["bad-json", "body.json"]);
    expect(refusal({ status: 204, body: { kind: "text", text: "x" } })).toEqual(["body-not-allowed", "body"]);
    expect(refusal({ body: { kind: "text", text: "x", contentType: "a\nb" } })).toEqual([
      "header-not-allowed",
      "body.contentType",
    ]);
    expect(refusal({ body: { kind: "text", text: "é".repeat(600_000) } })).toEqual(["too-large", "body"]);
    expect(action.input.safeParse({ status: 199 }).success).toBe(false);
    expect(action.input.safeParse({ status: 600 }).success).toBe(false);
  });
});
