import { beforeAll, expect, test } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import { newId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import { pool } from "#lib/db/pool.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();
const api = createApi();
let key: string;
const endpointId = newId();

beforeAll(async () => {
  const owner = await createOwner(
    { email: "ada@example.com", password: "correct horse battery" },
    { kind: "this machine" },
  );
  ({ key } = await createApiKey(owner, { name: "test", role: "owner" }));
  await pool().query("INSERT INTO endpoint (id, workspace_id, token, name) VALUES ($1, $2, $3, 'in')", [
    endpointId,
    owner.workspaceId,
    newId(),
  ]);
  return closeSandbox;
});

async function call(method: string, path: string, body?: unknown) {
  const response = await api.request(`/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

const see = (id: string, value: string) => ({
  kind: "action",
  id,
  name: id.toUpperCase(),
  action: "transform",
  input: { value },
});

async function makeFlow(steps: unknown[], more: { filter?: string; runName?: string } = {}): Promise<string> {
  const trigger = { endpointId, eventTypes: [], filter: more.filter ?? null };
  const definition = { schema: 1, trigger, runName: more.runName ?? "", steps };
  const { status, body } = await call("POST", "/flows", { name: "Checked", definition });
  expect([status, body]).toEqual([201, expect.anything()]);
  return body.id;
}

type Listed = { field: string; code: string; severity: string; message: string; position?: number; data?: Json };
const problemsOf = async (id: string): Promise<Listed[]> => (await call("GET", `/flows/${id}/problems`)).body.problems;

test("names everything that can never be there, with its place, and refuses to publish it", async () => {
  const value = '{"v": steps.nope.v, "w": tigger.body, "i": item, "l": steps.b.x, "m": trigger.boddy, "r": run.x}';
  const id = await makeFlow([see("a", value), see("b", "steps.a.v")], { filter: "steps.a", runName: "{{ item.id }}" });
  const problems = await problemsOf(id);
  expect(problems.map(({ code, severity, field }) => [code, severity, field])).toEqual([
    ["step-later", "error", "trigger.filter"],
    ["outside-loop", "error", "runName"],
    ["unknown-step", "error", "steps[0].input.value"],
    ["unknown-name", "error", "steps[0].input.value"],
    ["outside-loop", "error", "steps[0].input.value"],
    ["step-later", "error", "steps[0].input.value"],
    ["unknown-member", "error", "steps[0].input.value"],
    ["unknown-member", "error", "steps[0].input.value"],
  ]);
  expect(problems[3]).toMatchObject({
    message: "A: tigger is always empty. Did you mean trigger?",
    position: value.indexOf("body"),
    data: { name: "tigger", near: "trigger" },
  });
  const published = await call("POST", `/flows/${id}/publish`, { expectedVersion: 0 });
  expect([published.status, published.body.errors.length]).toEqual([422, 8]);
});

test("shows warnings, and publishes in spite of them", async () => {
  const id = await makeFlow([
    { kind: "forEach", id: "l", name: "L", items: "[1]", concurrency: 1, onItemError: "stop", steps: [] },
    { kind: "branch", id: "b", name: "B", cases: [{ id: "c", name: "c", when: "true", steps: [] }], otherwise: [] },
    { kind: "stop", id: "s", name: "Enough", outcome: "succeeded", reason: "" },
    see("a", "body.email"),
  ]);
  expect((await problemsOf(id)).map(({ code, severity }) => [code, severity])).toEqual([
    ["empty-loop", "warning"],
    ["empty-branch", "warning"],
    ["never-runs", "warning"],
    ["unknown-name", "warning"],
  ]);
  expect((await call("POST", `/flows/${id}/publish`, { expectedVersion: 0 })).status).toBe(200);
});

test("raises nothing over names inside of values, strings, comments and variables", async () => {
  const legal = "($steps := trigger.body; $steps.items[steps.nope = 1].(item & tigger) & 'steps.no' /* steps.no */)";
  const id = await makeFlow([see("a", legal), see("b", "$sum(steps.a.price) & trigger.body{ item: $sum(tigger) }")]);
  expect(await problemsOf(id)).toEqual([]);
});

test("keeps a step of an unknown kind and an unknown action whole, names them, and publishes neither", async () => {
  const unknown = [
    { kind: "nap", id: "n", name: "Nap", note: "rest", forMs: 5, inner: [{ kind: "nap", deep: { er: [1, null] } }] },
    {
      kind: "action",
      id: "x",
      name: "X",
      action: "crm.push",
      input: { deal: "{{ trigger.body }}", n: [1, { a: null }] },
    },
    see("last", "1"),
  ];
  const id = await makeFlow(unknown);
  expect((await problemsOf(id)).map(({ code, field, message }) => [code, field, message])).toEqual([
    [
      "unknown-kind",
      "steps[0]",
      expect.stringContaining('Nap: this version of Hookline knows no steps of the kind "nap".'),
    ],
    ["unknown-action", "steps[1].action", expect.stringContaining('X: there is no action "crm.push".')],
  ]);
  const draft = (await call("GET", `/flows/${id}/draft`)).body;
  expect(draft.definition.steps).toEqual(unknown);
  const renamed = [{ ...unknown[0], name: "Rest" }, ...unknown.slice(1)];
  const definition = { ...draft.definition, steps: renamed };
  const saved = await call("PUT", `/flows/${id}/draft`, { definition, expectedRevision: draft.revision });
  expect([saved.status, (await call("GET", `/flows/${id}/draft`)).body.definition.steps]).toEqual([200, renamed]);
  expect((await call("POST", `/flows/${id}/publish`, { expectedVersion: 0 })).status).toBe(422);
});

test("refuses what no version could mean, with its place", async () => {
  for (const [step, field] of [
    [{ kind: "no such kind", id: "a", name: "A" }, "definition.steps[0].kind"],
    [{ kind: "nap", id: "Not An Id", name: "A" }, "definition.steps[0].id"],
    [{ id: "a", name: "A" }, "definition.steps[0].kind"],
    [{ kind: "stop", id: "a", name: "A", outcome: "maybe", reason: "" }, "definition.steps[0].outcome"],
    [{ kind: "stop", id: "a", name: "A", outcome: "failed", reason: "", more: 1 }, "definition.steps[0]"],
  ] as const) {
    const definition = { schema: 1, trigger: { endpointId, eventTypes: [], filter: null }, runName: "", steps: [step] };
    const { status, body } = await call("POST", "/flows", { name: "x", definition });
    expect([status, body.errors?.[0]?.field], JSON.stringify(step)).toEqual([422, field]);
  }
});
