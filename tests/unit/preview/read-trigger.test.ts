import { expect, test } from "vitest";
import { readWritten } from "#lib/core/json-text.ts";
import { readTrigger } from "#lib/preview/read-trigger.ts";

const NEEDS = { rawBody: false, exact: false, cloudEvent: false, files: false } as const;
const event = (
  contentType: string,
  body: string | Uint8Array,
  more: ReadonlyArray<readonly [string, string]> = [],
) => ({
  item: null,
  eventType: null,
  deliveryId: null,
  method: "POST",
  contentType,
  receivedAt: new Date("2026-11-23T10:00:00Z"),
  path: "",
  query: "",
  headers: JSON.stringify([["content-type", contentType], ...more]),
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

test("a run is told, as data, in what its body is not what its headers say", async () => {
  const seen = async (...of: Parameters<typeof event>) =>
    readWritten(await readTrigger(event(...of), NEEDS)) as Record<string, unknown>;
  const form = await seen("application/x-www-form-urlencoded", '{"a":1}', [["content-encoding", "utf-8"]]);
  expect(form).toMatchObject({
    body: { a: 1 },
    notes: [
      { kind: "no-such-coding", coding: "utf-8" },
      { kind: "read-by-content", declared: "application/x-www-form-urlencoded", format: "json" },
    ],
  });
  expect(await seen("application/json", '{"a":1,"a":2}')).not.toHaveProperty("notes");
});

test("the raw body is the text that the body was read as, in its charset", async () => {
  const raw = async (contentType: string, body: Uint8Array) =>
    (await readTrigger(event(contentType, body), { ...NEEDS, rawBody: true }))["rawBody"];
  expect(await raw("text/plain; charset=windows-1251", Buffer.from([0xcf, 0xf0, 0xe8]))).toBe("При");
  expect(await raw("application/json", Buffer.from('{"n":"é"} ', "utf16le"))).toBe('{"n":"é"} ');
  expect(await raw("text/plain", Buffer.from("Caf\u00e9", "latin1"))).toBe("Café");
  expect(await raw("application/json; charset=iso-8859-1", Buffer.from('\ufeff{"n":"é"}'))).toBe('{"n":"é"}');
});

test("a query is read in the charset it is in or names, as a form is", async () => {
  const query = async (text: string) =>
    (await readTrigger({ ...event("text/plain", "x"), query: text }, NEEDS))["query"];
  expect(await query("n=Ren%E9&t=a+b%2Bc&t=2&e&=x")).toEqual({ n: "René", t: ["a b+c", "2"], e: "", "": "x" });
  expect(await query("n=%C3%A9")).toEqual({ n: "é" });
  expect(await query("n=\u00c3\u00a9")).toEqual({ n: "é" });
  expect(await query("text=%CF%F0%E8&charset=windows-1251")).toEqual({ text: "При", charset: "windows-1251" });
  expect(await query("")).toEqual({});
});
