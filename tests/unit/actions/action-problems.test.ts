import { describe, expect, it } from "vitest";
import { findAction } from "#lib/actions/registry.generated.ts";
import type { ActionProblemContext } from "#lib/engine/action.ts";
import { writtenText } from "#lib/engine/template/written-text.ts";

/** Codes and paths of what is wrong with an input before any event. */
function problems(id: string, input: Record<string, unknown>, more: Partial<ActionProblemContext> = {}) {
  const action = findAction(id);
  if (action?.problems === undefined) throw new Error(`${id} looks for no problems`);
  const context: ActionProblemContext = { connection: null, senderWaits: true, writtenText, ...more };
  return action
    .problems(action.input.parse(input) as never, context)
    .map(({ code, path, severity }) => `${code} at ${path.join(".")}${severity === "warning" ? " (warning)" : ""}`);
}

describe("an HTTP request", () => {
  const url = "https://api.acme.dev/x";
  const json = { kind: "json", json: "{}" };

  it.each(["GET", "HEAD", "DELETE"])("with %s and a body wants the switch", (method) => {
    expect(problems("http.request", { url, method, body: json })).toEqual(["body-not-allowed at body"]);
    expect(problems("http.request", { url, method, body: json, bodyAnyway: true })).toEqual([]);
    expect(problems("http.request", { url, method })).toEqual([]);
  });

  it.each([
    ["one header twice", [{ name: "X-A" }, { name: "x-a" }], "header-not-allowed at headers.1.name"],
    ["Host", [{ name: "Host", value: "x" }], "header-not-allowed at headers.0.name"],
    ["a space in a name", [{ name: "X A" }], "header-not-allowed at headers.0.name"],
    ["a value no header can carry", [{ name: "X", value: "\u0007" }], "header-not-allowed at headers.0.value"],
    ["a value without a name", [{ name: "", value: "x" }], "no-name at headers.0.name (warning)"],
  ])("names %s", (_name, headers, expected) => {
    expect(problems("http.request", { url, headers })).toEqual([expected]);
  });

  it("leaves alone what only an event tells", () => {
    const headers = [{ name: "X-{{ a }}", value: "{{ b }}" }, { name: "X-{{ a }}" }];
    expect(problems("http.request", { url, headers })).toEqual([]);
  });

  it("names a header that the connection gives", () => {
    const connection = { id: "c", kind: "http.bearer", name: "CRM", config: {} };
    const headers = [{ name: "authorization", value: "x" }];
    expect(problems("http.request", { url, headers }, { connection })).toEqual([
      "header-not-allowed at headers.0.name",
    ]);
  });

  it("names a character set nobody can write", () => {
    const body = { kind: "text", text: "x", contentType: "text/plain; charset=klingon" };
    expect(problems("http.request", { url, body })).toEqual(["header-not-allowed at body.contentType"]);
  });
});

describe("an answer", () => {
  it.each([204, 205, 304])("with status %i has no body", (status) => {
    const body = { kind: "text", text: "x" };
    expect(problems("sender.answer", { status, body })).toEqual(["body-not-allowed at body"]);
    expect(problems("sender.answer", { status })).toEqual([]);
  });

  it("does not set cookies, and says when nobody waits for it", () => {
    const headers = [
      { name: "Set-Cookie", value: "a=b" },
      { name: "Location", value: "{{ trigger.body.url }}" },
    ];
    expect(problems("sender.answer", { headers }, { senderWaits: false })).toEqual([
      "nobody-waits at  (warning)",
      "header-not-allowed at headers.0.name",
    ]);
  });
});

it("a mail goes to at most 50 written recipients, each counted once", () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `a${at}@example.com`).join(", ");
  const mail = { subject: "s", text: "t" };
  expect(problems("email.send", { ...mail, to: many(51) })).toEqual(["too-many at to"]);
  expect(problems("email.send", { ...mail, to: many(50), cc: many(50) })).toEqual([]);
  expect(problems("email.send", { ...mail, to: `{{ trigger.body.to }}`, cc: many(40), bcc: many(30) })).toEqual([]);
});

it("a mail says what no value can make right: too many, two senders, what is no address, nothing in it", () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => `a${at}@example.com`).join(", ");
  const mail = { subject: "s", text: "t" };
  expect(problems("email.send", { ...mail, to: `${many(51)}, {{ trigger.body.to }}` })).toEqual(["too-many at to"]);
  expect(problems("email.send", { ...mail, to: `${many(50)}, {{ trigger.body.to }}` })).toEqual([]);
  expect(problems("email.send", { ...mail, to: "{{ trigger.body.to }}, nobody" })).toEqual(["not-an-address at to"]);
  const named =
    '{{ trigger.body.name }} <{{ trigger.body.to }}>, "Lovelace, Ada" <ada@example.com>, {{ trigger.body.n }}@b.co';
  expect(problems("email.send", { ...mail, to: named })).toEqual([]);
  const senders = "a@example.com, b@example.com";
  expect(problems("email.send", { ...mail, to: "a@b.co", from: senders })).toEqual(["not-an-address at from"]);
  expect(problems("email.send", { subject: "s", to: "a@b.co", text: " " })).toEqual(["blank at text"]);
});
