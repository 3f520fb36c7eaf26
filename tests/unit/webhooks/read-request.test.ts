import { describe, expect, test } from "vitest";
import { bodyText, PARSED_BODY_BYTES_MAX, parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { boundedKey, dedupeKey } from "#lib/webhooks/dedupe-key.ts";
import { queryValue, readHeader } from "#lib/webhooks/headers.ts";
import { nameEvent } from "#lib/webhooks/name-event.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { signedUrls } from "#lib/webhooks/signed-url.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";

const json = (value: unknown, headers: HeaderList = []): WebhookRequest => ({
  method: "POST",
  url: "/in/abc",
  headers: [["Content-Type", "application/json"], ...headers],
  body: Buffer.from(JSON.stringify(value)),
});
const raw = (type: string, body: string): WebhookRequest => ({
  method: "POST",
  url: "/",
  headers: [["content-type", type]],
  body: Buffer.from(body),
});

describe("headers and query", () => {
  test("a repeated header has no value, in any letters", () => {
    const headers: HeaderList = [
      ["X-A", "1"],
      ["x-a", "1"],
      ["X-B", "2"],
      ["__proto__", "3"],
    ];
    expect(readHeader(headers, "x-a")).toEqual({ kind: "repeated" });
    expect(readHeader(headers, "x-b")).toEqual({ kind: "one", value: "2" });
    expect(readHeader(headers, "__proto__")).toEqual({ kind: "one", value: "3" });
    expect(readHeader(headers, "constructor")).toEqual({ kind: "missing" });
  });

  test("a repeated parameter has no value", () => {
    expect(queryValue("/in/abc?a=1&b=2&a=3#c=4", "a")).toBeNull();
    expect(queryValue("/in/abc?a=1&b=%20+#b", "b")).toBe("  ");
    expect(queryValue("/in/abc", "b")).toBeNull();
  });
});

describe("bodies", () => {
  test("own properties only", () => {
    expect(bodyText(json({ a: { b: 5 } }), "a.b")).toBe("5");
    for (const path of ["constructor.name", "__proto__", "toString", "a.length", "length"])
      expect(bodyText(json({ a: 1 }), path), path).toBeNull();
    expect(valueAt(JSON.parse('{"__proto__":{"x":1}}'), "__proto__.x")).toBe(1);
  });

  test("too deep, too large, not UTF-8 and empty bodies are unreadable, never a fault", () => {
    for (const body of ["[".repeat(200), `${"[".repeat(65)}${"]".repeat(65)}`, "", "{", "nul"])
      expect(parseBody(raw("application/json", body)).kind, body.slice(0, 10)).toBe("unreadable");
    expect(parseBody(raw("application/json", `${"[".repeat(64)}${"]".repeat(64)}`)).kind).toBe("json");
    expect(parseBody(raw("application/json", `"${"[".repeat(1_000)}"`)).kind).toBe("json");
    expect(parseBody({ headers: [], body: new Uint8Array(PARSED_BODY_BYTES_MAX + 1) }).kind).toBe("unreadable");
    expect(parseBody({ headers: [], body: Uint8Array.of(0xff, 0x22) }).kind).toBe("unreadable");
  });

  test("form fields with a JSON payload read like the JSON itself", () => {
    const request = raw(
      "application/x-www-form-urlencoded; charset=utf-8",
      "payload=%7B%22action%22%3A%22opened%22%7D&x=1",
    );
    expect(bodyText(request, "action")).toBe("opened");
    expect(bodyText(request, "x")).toBe("1");
    expect(bodyText(raw("application/x-www-form-urlencoded", "__proto__=1&payload=%5B%5D"), "__proto__")).toBe("1");
  });

  test("multipart text fields are read, files and broken bodies are not", () => {
    const type = "multipart/form-data; boundary=xx";
    const part = (head: string, value: string): string =>
      `--xx\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
    const request = raw(type, `${part('name="a"', "1\r\n2")}${part('name="f"; filename="x"', "file")}--xx--\r\n`);
    expect(bodyText(request, "a")).toBe("1\r\n2");
    expect(bodyText(request, "f")).toBeNull();
    for (const broken of ["", "--xx", "--xx\r\n", `--yy${part('name="a"', "1")}`])
      expect(parseBody(raw(type, broken)).kind, broken).toBe("unreadable");
    expect(parseBody(raw(type, part('name="a"', "1").repeat(300))).kind).toBe("unreadable");
  });
});

describe("event names", () => {
  test("GitHub: event and action", () => {
    expect(nameEvent(getProvider("github"), json({ action: "opened" }, [["X-GitHub-Event", "issues"]]))).toBe(
      "issues.opened",
    );
    expect(nameEvent(getProvider("github"), json({ action: "opened" }))).toBeNull();
  });

  test("the owner's own source comes before the preset", () => {
    expect(nameEvent(getProvider("stripe"), json({ type: "a", kind: "b" }), { from: "body", path: "kind" })).toBe("b");
  });

  test("are bounded and carry no control characters or lone surrogates", () => {
    expect(nameEvent(getProvider("stripe"), json({ type: "a\u0000b\nc\ud800" }))).toBe("a b c");
    expect(nameEvent(getProvider("stripe"), json({ type: "x".repeat(5_000) }))?.length).toBe(1_000);
    expect(nameEvent(getProvider("stripe"), json({ type: { a: 1 } }))).toBeNull();
    expect(nameEvent(getProvider("stripe"), json({ type: "\u0000" }))).toBeNull();
  });
});

describe("dedupe keys", () => {
  test("longer than 200 bytes, or with control characters, they are hashed", () => {
    expect(boundedKey("a".repeat(200))).toBe("a".repeat(200));
    expect(boundedKey("a".repeat(201))).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(boundedKey("é".repeat(101))).toMatch(/^sha256:/);
    expect(boundedKey("a\u0000b")).toMatch(/^sha256:/);
  });

  test("a batch is known by all of its items", () => {
    const { dedupe } = getProvider("sendgrid");
    const item = (id: string): object => ({ sg_event_id: id, event: "open", timestamp: 1 });
    const key = (...ids: string[]): string => {
      const made = dedupeKey(dedupe, json(ids.map(item)));
      return made.kind === "content" ? made.key : made.kind;
    };
    expect(key("a", "b")).toBe(key("a", "b"));
    expect(key("a", "b")).not.toBe(key("a", "c"));
    expect(key("a")).not.toBe(key("a", "b"));
  });

  test("fields cannot run into each other", () => {
    const spec = {
      sources: [],
      fallback: {
        fields: [{ from: "body", path: "a", required: true } as const, { from: "body", path: "b" } as const],
        windowSeconds: 60,
      },
    };
    expect(dedupeKey(spec, json({ a: "1", b: "23" }))).not.toEqual(dedupeKey(spec, json({ a: "12", b: "3" })));
    expect(dedupeKey(spec, json({ a: "1", b: ["2"] }))).not.toEqual(dedupeKey(spec, json({ a: "1", b: ["3"] })));
  });

  test("without the field that tells events apart there is no key, never one over the rest", () => {
    const fields = [{ from: "body", path: "id" } as const, { from: "body", path: "at", required: true } as const];
    const spec = { sources: [], fallback: { fields, wholeBody: true, windowSeconds: 60 } };
    expect(dedupeKey(spec, json({ id: 1 })).kind).toBe("none");
    expect(dedupeKey(spec, json({ at: 1 })).kind).toBe("content");
    expect(dedupeKey(spec, json({ at: 1, more: 1 }))).not.toEqual(dedupeKey(spec, json({ at: 1, more: 2 })));
  });

  test("ids beyond what a double holds stay two ids", () => {
    const own = [{ from: "body", path: "id" } as const];
    const raw = (text: string) => ({ ...json({}), body: Buffer.from(text) });
    const none = { sources: [], fallback: null };
    expect(dedupeKey(none, raw('{"id":9007199254740992}'), own)).not.toEqual(
      dedupeKey(none, raw('{"id":9007199254740993}'), own),
    );
  });

  test("a sender with neither id nor time is never deduplicated", () => {
    for (const id of ["dropbox", "microsoft-graph", "none"])
      expect(dedupeKey(getProvider(id).dedupe, json({ a: 1 })).kind, id).toBe("none");
  });

  test("a repeated id header is no id", () => {
    expect(
      dedupeKey(
        getProvider("github").dedupe,
        json({}, [
          ["X-GitHub-Delivery", "1"],
          ["X-GitHub-Delivery", "2"],
        ]),
      ).kind,
    ).toBe("none");
  });
});

test("the signed URL is the configured one with this request's query", () => {
  expect(signedUrls("exact", "https://a.example/in/x", "/in/x?b=1&a=%2F")).toEqual([
    "https://a.example/in/x?b=1&a=%2F",
  ]);
  expect(signedUrls("exact", "https://user:pw@a.example/in/x?c=1", "/in/x")).toEqual([
    "https://user:pw@a.example/in/x?c=1",
  ]);
  expect(signedUrls("hubspot", "https://a.example/in/x", "/in/x?u=https%3A%2F%2fb&k=%20")).toEqual([
    "https://a.example/in/x?u=https://b&k=%20",
    "https://a.example/in/x?u=https%3A%2F%2fb&k=%20",
  ]);
  expect(signedUrls("twilio", "https://a.example/in/x", "/")).toEqual([
    "https://a.example/in/x",
    "https://a.example:443/in/x",
  ]);
  expect(signedUrls("twilio", "https://a.example:8443/in/x", "/")).toEqual([
    "https://a.example:8443/in/x",
    "https://a.example/in/x",
  ]);
  expect(signedUrls("exact", undefined, "https://evil.example/in/x")).toEqual([]);
});
