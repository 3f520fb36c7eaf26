import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { answerWith, startRawTarget } from "#tests/support/raw-target.ts";
import { runStepsOnce } from "#tests/support/run-steps-once.ts";
import { POOL_HERE } from "#tests/support/work-on-run.ts";

useTestDatabase();
vi.stubEnv("HOOKLINE_EGRESS_ALLOW", "127.0.0.1");
beforeAll(() => insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid }));
afterAll(async () => {
  closeAgents();
  await closeSandbox();
  await closeRunPools();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}';

/** Runs one HTTP step and gives what the target heard. */
async function heardBy(input: Record<string, unknown>, body: Json) {
  const target = await startRawTarget(answerWith(OK, "keep"));
  const step = { kind: "action", id: "h", name: "Call", action: "http.request" } as const;
  const run = await runStepsOnce(
    [{ ...step, input: { method: "POST", url: target.url.slice(0, -1), ...input }, settings: { retry: ONCE } }],
    body,
  );
  const heard = target.heard.join("");
  const at = heard.indexOf("\r\n\r\n");
  return { run, head: heard.slice(0, at), body: heard.slice(at + 4), line: heard.slice(0, heard.indexOf(" HTTP/")) };
}
const ONCE = { attempts: 1, firstMs: 100, factor: 1, maxMs: 100 };

describe("documents", () => {
  const text = "<r><n a='{{ trigger.body.v }}'>{{ trigger.body.v }}</n></r>";

  test.each([
    ["the body's content type", { body: { kind: "text", text, contentType: "application/soap+xml" } }],
    [
      "a header of its own",
      {
        headers: [{ name: "content-type", value: "text/xml" }],
        body: { kind: "text", text, contentType: "text/plain" },
      },
    ],
    [
      "a content type that only the event tells",
      { body: { kind: "text", text, contentType: "{{ trigger.body.type }}" } },
    ],
  ])("have values escaped by %s", async (_name, input) => {
    const { body } = await heardBy(input, { v: "Tom & <Jerry> 'x'", type: "text/xml" });
    expect(body).toBe("<r><n a='Tom &amp; &lt;Jerry&gt; &#39;x&#39;'>Tom &amp; &lt;Jerry&gt; &#39;x&#39;</n></r>");
  });

  test("of plain text have values as they are", async () => {
    const { body } = await heardBy({ body: { kind: "text", text, contentType: "text/plain" } }, { v: "a & b" });
    expect(body).toBe("<r><n a='a & b'>a & b</n></r>");
  });

  test("go out in the character set they declare", async () => {
    const latin = { kind: "text", text: "{{ trigger.body.v }}", contentType: "text/plain; charset=ISO-8859-1" };
    const sent = await heardBy({ body: latin }, { v: "Café" });
    expect(sent.body).toBe("Caf\u00e9");
    expect(sent.head).toContain("content-length: 4");

    const soap = { kind: "text", text: "<a>{{ trigger.body.v }}</a>", contentType: "text/xml; charset=ISO-8859-1" };
    expect((await heardBy({ body: soap }, { v: "é €" })).body).toBe("<a>\u00e9 &#8364;</a>");

    const page = { kind: "text", text: "<a b={{ trigger.body.v }}>", contentType: "text/html; charset=ISO-8859-1" };
    expect((await heardBy({ body: page }, { v: "é €" })).body).toBe("<a b=\u00e9&#32;&#8364;>");

    const declared = {
      kind: "text",
      text: '<?xml version="1.0" encoding="windows-1252"?><a>{{ trigger.body.v }}</a>',
      contentType: "application/xml",
    };
    expect((await heardBy({ body: declared }, { v: "€" })).body).toContain("<a>\u0080</a>");
  });

  test("are not sent where a character does not exist in the set declared", async () => {
    const latin = { kind: "text", text: "{{ trigger.body.v }}", contentType: "text/plain; charset=ISO-8859-1" };
    const { run, head } = await heardBy({ body: latin }, { v: "5 €" });
    expect(run).toMatchObject({ status: "failed", error: expect.stringContaining('"€" does not exist in iso-8859-1') });
    expect(head).toBe("");
  });
});

describe("lists and names", () => {
  test.each([
    [undefined, "items[]", "items%5B%5D=x&items%5B%5D=y"],
    [undefined, "a", "a=x&a=y"],
    ["brackets", "a", "a%5B%5D=x&a%5B%5D=y"],
    ["index", "a", "a%5B0%5D=x&a%5B1%5D=y"],
    ["json", "a", "a=%5B%22x%22%2C%22y%22%5D"],
  ])("in a form as %s", async (lists, name, expected) => {
    const body = { kind: "form", fields: [{ name, value: "{{ trigger.body.l }}" }], ...(lists ? { lists } : {}) };
    expect((await heardBy({ body }, { l: ["x", "y"] })).body).toBe(expected);
  });

  test("nest in a form and a query as chosen", async () => {
    const rows = [{ name: "line_items", value: "{{ trigger.body.l }}" }];
    const form = await heardBy({ body: { kind: "form", fields: rows, lists: "index" } }, { l: [{ price: "p", n: 2 }] });
    expect(decodeURIComponent(form.body)).toBe("line_items[0][price]=p&line_items[0][n]=2");
    const query = await heardBy({ method: "GET", query: rows, queryLists: "brackets" }, { l: { a: 1, b: [2, 3] } });
    expect(decodeURIComponent(query.line)).toBe("GET /?line_items[a]=1&line_items[b][]=2&line_items[b][]=3");
  });

  test("of objects in a query are not sent where names are repeated", async () => {
    const { run, head } = await heardBy(
      { method: "GET", query: [{ name: "a", value: "{{ trigger.body.l }}" }] },
      { l: [{ b: 1 }] },
    );
    expect(run).toMatchObject({ status: "failed", error: expect.stringContaining("lists or objects inside") });
    expect(head).toBe("");
  });

  test("names of parameters, fields and headers are filled in and encoded", async () => {
    const sent = await heardBy(
      {
        query: [{ name: "q {{ trigger.body.k }}", value: "1" }],
        headers: [{ name: "X-{{ trigger.body.k }}", value: "2" }],
        body: { kind: "form", fields: [{ name: "meta[{{ trigger.body.k }}]", value: "v" }] },
      },
      { k: "dyn" },
    );
    expect(sent.line).toBe("POST /?q%20dyn=1");
    expect(sent.head).toContain("X-dyn: 2");
    expect(sent.body).toBe("meta%5Bdyn%5D=v");
  });

  test.each([
    ["an empty parameter name", { query: [{ name: "{{ trigger.body.none }}", value: "1" }] }, "Name is empty"],
    ["a header name that is none", { headers: [{ name: "{{ trigger.body.k }}", value: "1" }] }, "is not a header name"],
    ["a framing header", { headers: [{ name: "{{ trigger.body.h }}", value: "1" }] }, "is set by Hookline itself"],
    ["a list for a name", { query: [{ name: "{{ trigger.body.l }}", value: "1" }] }, "a single text is needed"],
  ])("%s sends nothing", async (_name, input, words) => {
    const { run, head } = await heardBy(input, { k: "a b\r\nEvil: 1", h: "Host", l: [1] });
    expect(run).toMatchObject({ status: "failed", error: expect.stringContaining(words) });
    expect(head).toBe("");
  });
});

test("a body goes with GET only where the step insists on it", async () => {
  const body = { kind: "json", json: '{"q":{{ trigger.body.v }}}' };
  const { run, head } = await heardBy({ method: "GET", body }, { v: 1 });
  expect(run).toMatchObject({ status: "failed", error: expect.stringContaining("has no body as a rule") });
  expect(head).toBe("");
  const sent = await heardBy({ method: "GET", body, bodyAnyway: true }, { v: 1 });
  expect([sent.line, sent.body]).toEqual(["GET /", '{"q":1}']);
  expect(sent.head).toContain("content-length: 7");
});

test("forms carry a list of any length a body has, and a field as large as a body", async () => {
  const items = Array.from({ length: 1_500 }, (_, index) => `i${index}`);
  const fields = [
    { name: "ids", value: "{{ trigger.body.items }}" },
    { name: "file", value: "{{ trigger.body.file }}" },
  ];
  const file = "x".repeat(300_000);
  const { body } = await heardBy({ body: { kind: "form", fields, lists: "brackets" } }, { items, file });
  const sent = new URLSearchParams(body);
  expect(sent.getAll("ids[]")).toEqual(items);
  expect(sent.get("file")).toHaveLength(file.length);
});
