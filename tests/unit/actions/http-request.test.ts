import { describe, expect, it } from "vitest";
import { action } from "#lib/actions/http-request.ts";
import type { PlanContext, PlanResult } from "#lib/engine/action.ts";

const context: PlanContext = {
  runId: "r",
  stepPath: "crm",
  idempotencyKey: "k".repeat(64),
  now: new Date("2026-03-04T05:06:07.000Z"),
  connection: null,
  publicHost: "hooks.acme.dev",
};

const plan = (input: Record<string, unknown>, more: Partial<PlanContext> = {}): PlanResult =>
  action.plan(action.input.parse({ method: "POST", url: "https://api.acme.dev/x", ...input }), { ...context, ...more });

function planned(input: Record<string, unknown>, more: Partial<PlanContext> = {}) {
  const result = plan(input, more);
  if (result.kind !== "planned" || result.effect.kind !== "http") throw new Error(JSON.stringify(result));
  return result.effect;
}

describe("http.request", () => {
  it("plans a JSON call with its idempotency key", () => {
    expect(planned({ body: { kind: "json", json: '{"a":1}' } })).toEqual({
      kind: "http",
      method: "POST",
      url: "https://api.acme.dev/x",
      headers: [
        ["Content-Type", "application/json"],
        ["Accept", "*/*"],
        ["User-Agent", "Hookline"],
        ["Idempotency-Key", context.idempotencyKey],
      ],
      body: { text: '{"a":1}' },
      timeoutMs: 30_000,
      redirectsMax: 0,
      responseBytesMax: 4_194_304,
    });
  });

  it("puts parameters behind those of the URL, encoded, and drops the fragment", () => {
    const query = [
      { name: "q", value: "a&b=c d" },
      { name: "q", value: "é" },
      { name: "", value: "x" },
    ];
    expect(planned({ url: "https://api.acme.dev/x?y=1#frag", query }).url).toBe(
      "https://api.acme.dev/x?y=1&q=a%26b%3Dc%20d&q=%C3%A9",
    );
  });

  it("writes a form", () => {
    const effect = planned({
      body: {
        kind: "form",
        fields: [
          { name: "a b", value: "1&2" },
          { name: "c", value: "" },
        ],
      },
    });
    expect(effect.body).toEqual({ text: "a+b=1%262&c=" });
    expect(effect.headers).toContainEqual(["Content-Type", "application/x-www-form-urlencoded"]);
  });

  it("lets a person's own content type and idempotency key win", () => {
    const headers = [
      { name: "content-type", value: "application/vnd.api+json" },
      { name: "Idempotency-Key", value: "mine" },
    ];
    const names = planned({ headers, body: { kind: "json", json: "1" } }).headers.map(
      ([name, value]) => `${name}: ${String(value)}`,
    );
    expect(names).toContain("content-type: application/vnd.api+json");
    expect(names.filter((line) => /^(content-type|idempotency-key):/i.test(line))).toHaveLength(2);
  });

  it.each([
    ["http.bearer", {}, ["Authorization", ["Bearer ", { slot: { connectionId: "c", version: 2, field: "token" } }]]],
    [
      "http.basic",
      { user: "ada" },
      ["Authorization", ["Basic ", { slot: { connectionId: "c", version: 2, field: "basic" } }]],
    ],
    ["http.apiKey", { header: "X-Key" }, ["X-Key", [{ slot: { connectionId: "c", version: 2, field: "key" } }]]],
  ])("leaves a slot where the secret of %s goes", (kind, config, header) => {
    const connection = { id: "c", kind, name: "Api", version: 2, config };
    expect(planned({}, { connection }).headers).toContainEqual(header);
    expect(plan({ headers: [{ name: String(header[0]).toLowerCase(), value: "x" }] }, { connection })).toMatchObject({
      kind: "refused",
      field: "headers",
    });
  });

  it.each([
    "Host",
    "content-length",
    "Transfer-Encoding",
    "CONNECTION",
    "Proxy-Authorization",
    "Upgrade",
    "TE",
    "Trailer",
    "Expect",
    "Keep-Alive",
    "__proto__",
    "Accept-Encoding",
    "a b",
    "a:b",
    "a\r\nb",
    "",
    "é",
    "a".repeat(300),
  ])("refuses the header name %j", (name) => {
    const result = plan({ headers: [{ name: name.slice(0, 200), value: "x" }] });
    if (name === "") return expect(result.kind).toBe("planned");
    if (name.length > 200) return expect(result.kind).toBe("planned");
    expect(result).toMatchObject({ kind: "refused", field: "headers.0" });
  });

  it.each(["a\r\nX: y", "a\nb", "a\u0000", "\u0007", "\u007f"])("refuses the header value %j", (value) => {
    expect(plan({ headers: [{ name: "X-A", value }] })).toMatchObject({ kind: "refused", field: "headers.0" });
  });

  it("refuses a header that is there twice, in any case", () => {
    expect(
      plan({
        headers: [
          { name: "X-A", value: "1" },
          { name: "x-a", value: "2" },
        ],
      }),
    ).toMatchObject({ kind: "refused", field: "headers.1" });
  });

  it.each([
    "",
    "api.acme.dev/x",
    "ftp://a.dev",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://u:p@a.dev/",
    "https://a.dev/\r\nX: y",
    "https://a.dev\\@b.dev/",
    "https://a.dev/a b",
    "http://",
  ])("refuses the URL %j", (url) => {
    expect(plan({ url })).toMatchObject({ kind: "refused", field: "url" });
  });

  it("refuses a body where there can be none, JSON that is none, and one that is too large", () => {
    expect(plan({ method: "GET", body: { kind: "text", text: "x" } })).toMatchObject({
      kind: "refused",
      code: "body-not-allowed",
    });
    expect(plan({ body: { kind: "json", json: "{a}" } })).toMatchObject({ kind: "refused", code: "bad-json" });
    expect(plan({ body: { kind: "text", text: "é".repeat(9_000_000) } })).toMatchObject({
      kind: "refused",
      code: "too-large",
    });
  });
});
