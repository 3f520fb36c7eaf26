import { expect, test } from "vitest";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { call, definition, endpointId, key, makeFlow, owner, step, triggersOf } from "./flow-api.ts";

test("takes a flow from draft through publish, off, on, a second version, restore and deletion", async () => {
  const id = await makeFlow();
  expect((await call("GET", `/flows/${id}`)).body).toMatchObject({
    state: "draft",
    on: false,
    liveVersion: null,
    draftRevision: 1,
  });
  expect(await triggersOf(id)).toEqual([]);

  const first = await call("POST", `/flows/${id}/publish`, { expectedVersion: 0, note: "first" });
  expect(first).toMatchObject({ status: 200, body: { number: 1, on: true } });
  expect(await triggersOf(id)).toEqual([
    { endpoint_id: endpointId, version_id: first.body.versionId, event_types: [] },
  ]);
  expect((await call("GET", `/flows/${id}`)).body).toMatchObject({ state: "live", on: true, liveVersion: 1 });
  expect(await call("POST", `/flows/${id}/publish`, { expectedVersion: 1 })).toMatchObject({
    status: 409,
    body: { code: "nothing-to-publish" },
  });

  expect((await call("POST", `/flows/${id}/off`)).body).toMatchObject({ state: "off", on: false });
  expect(await triggersOf(id)).toEqual([]);
  expect((await call("POST", `/flows/${id}/on`)).body).toMatchObject({ state: "live" });

  const trigger = { endpointId, eventTypes: ["order.paid"], filter: "trigger.body.amount > 0" };
  expect(
    await call("PUT", `/flows/${id}/draft`, { definition: definition({ trigger }), expectedRevision: 1 }),
  ).toMatchObject({
    status: 200,
    body: { revision: 2 },
  });
  expect((await call("GET", `/flows/${id}`)).body.state).toBe("live with unpublished edits");
  expect(await call("POST", `/flows/${id}/publish`, { expectedVersion: 0 })).toMatchObject({
    status: 409,
    body: { code: "published-meanwhile" },
  });
  const second = await call("POST", `/flows/${id}/publish`, { expectedVersion: 1, expectedRevision: 2 });
  expect(second.body).toMatchObject({ number: 2 });
  expect(await triggersOf(id)).toEqual([
    { endpoint_id: endpointId, version_id: second.body.versionId, event_types: ["order.paid"] },
  ]);

  expect(await call("POST", `/flows/${id}/versions/1/restore`, { expectedRevision: 2 })).toMatchObject({
    status: 200,
    body: { revision: 3 },
  });
  expect((await call("GET", `/flows/${id}`)).body).toMatchObject({
    state: "live with unpublished edits",
    liveVersion: 2,
  });
  expect(
    (await call("GET", `/flows/${id}/versions`)).body.items.map((v: { number: number; note: string }) => [
      v.number,
      v.note,
    ]),
  ).toEqual([
    [2, ""],
    [1, "first"],
  ]);
  expect((await call("GET", `/flows/${id}/versions/1`)).body.definition).toEqual(definition());
  expect(
    (await call("POST", `/flows/${id}/publish`, { expectedVersion: 2, fromVersion: 1, note: "back" })).body,
  ).toMatchObject({
    number: 3,
  });

  expect((await call("DELETE", `/flows/${id}`)).status).toBe(204);
  expect(await triggersOf(id)).toEqual([]);
  expect((await call("GET", `/flows/${id}`)).status).toBe(404);
  expect((await call("GET", "/flows?deleted=true")).body.items.map((flow: { id: string }) => flow.id)).toContain(id);
  expect((await call("POST", `/flows/${id}/undelete`)).body).toMatchObject({ on: true, liveVersion: 3 });
  expect(await triggersOf(id)).toHaveLength(1);

  const { rows } = await pool().query("SELECT action FROM audit_entry WHERE target_id = $1 ORDER BY id", [id]);
  expect(rows.map((row) => row.action)).toEqual([
    "flow.create",
    "flow.publish",
    "flow.off",
    "flow.on",
    "flow.publish",
    "flow.publish",
    "flow.delete",
    "flow.restore",
  ]);
});

test("publishes once out of ten at once", async () => {
  const id = await makeFlow();
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => call("POST", `/flows/${id}/publish`, { expectedVersion: 0 })),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
  expect((await pool().query("SELECT number FROM flow_version WHERE flow_id = $1", [id])).rows).toEqual([
    { number: 1 },
  ]);
});

test("saves one of ten drafts made from the same revision, and tells the others who and when", async () => {
  const id = await makeFlow();
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      call("PUT", `/flows/${id}/draft`, { definition: definition({ runName: `n${n}` }), expectedRevision: 1 }),
    ),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
  expect(outcomes.find(({ status }) => status === 409)?.body).toMatchObject({
    code: "draft-changed",
    detail: expect.stringMatching(/^An API key changed this draft at 20/),
  });
  expect((await call("GET", `/flows/${id}/draft`)).body.revision).toBe(2);
});

test("refuses to publish what cannot run, and names every place", async () => {
  const steps = [
    { kind: "action", id: "a", name: "A", action: "transform", input: { value: "{{ 1 + }}" } },
    { kind: "action", id: "b", name: "B", action: "no.such", input: {} },
    {
      kind: "branch",
      id: "c",
      name: "C",
      cases: [
        {
          id: "yes",
          name: "yes",
          when: " ",
          steps: [{ kind: "action", id: "d", name: "D", action: "http.request", input: { method: "GET", url: "" } }],
        },
      ],
      otherwise: [],
    },
    { kind: "teleport", id: "e", name: "E", forMs: 10 },
    { kind: "action", id: "f", name: "F", action: "transform", input: { value: "{{ open" } },
    { kind: "action", id: "g", name: "G", off: true, action: "no.such", input: {} },
  ];
  const id = await makeFlow({ steps, trigger: { endpointId: null, eventTypes: [], filter: "][" }, runName: "{{ }}" });
  const { status, body } = await call("POST", `/flows/${id}/publish`, { expectedVersion: 0 });
  expect(status).toBe(422);
  const fields = new Set(body.errors.map((error: { field: string }) => error.field));
  for (const field of [
    "trigger.endpointId",
    "trigger.filter",
    "runName",
    "steps[0].input.value",
    "steps[1].action",
    "steps[2].cases[0].when",
    "steps[2].cases[0].steps[0].input.url",
    "steps[3]",
    "steps[4].input.value",
  ])
    expect(fields).toContain(`definition.${field}`);
  expect([...fields].filter((field) => String(field).includes("steps[5]"))).toEqual([]);
  expect((await call("GET", `/flows/${id}/problems`)).body.problems.length).toBeGreaterThanOrEqual(9);
  expect((await call("GET", `/flows/${id}`)).body.liveVersion).toBeNull();
});

test("refuses ids of other workspaces inside a definition, when saving and when publishing", async () => {
  const other = await pool().query("INSERT INTO workspace (id, name) VALUES ($1, 'other') RETURNING id", [newId()]);
  const foreign = { connection: newId(), endpoint: newId() };
  await pool().query("INSERT INTO connection (id, workspace_id, name, kind) VALUES ($1, $2, 'smtp', 'smtp')", [
    foreign.connection,
    other.rows[0].id,
  ]);
  await pool().query("INSERT INTO endpoint (id, workspace_id, token, name) VALUES ($1, $2, $3, 'x')", [
    foreign.endpoint,
    other.rows[0].id,
    newId(),
  ]);
  const id = await makeFlow();
  const withConnection = definition({ steps: [{ ...step, connectionId: foreign.connection }] });
  const withEndpoint = definition({ trigger: { endpointId: foreign.endpoint, eventTypes: [], filter: null } });
  expect(await call("PUT", `/flows/${id}/draft`, { definition: withConnection, expectedRevision: 1 })).toMatchObject({
    status: 422,
    body: { errors: [{ field: "definition.steps[0].connectionId" }] },
  });
  expect(await call("PUT", `/flows/${id}/draft`, { definition: withEndpoint, expectedRevision: 1 })).toMatchObject({
    status: 422,
    body: { errors: [{ field: "definition.trigger.endpointId" }] },
  });
  expect((await call("POST", "/flows", { endpointId: foreign.endpoint })).status).toBe(422);
  expect((await call("POST", "/flows", { eventId: newId() })).status).toBe(404);

  await pool().query("UPDATE flow SET draft = $2 WHERE id = $1", [
    id,
    JSON.stringify({ ...withEndpoint, steps: withConnection.steps }),
  ]);
  const { status, body } = await call("POST", `/flows/${id}/publish`, { expectedVersion: 0 });
  expect(status).toBe(422);
  expect(body.errors.map((error: { field: string }) => error.field)).toEqual([
    "definition.trigger.endpointId",
    "definition.steps[0].connectionId",
  ]);
});

test("keeps an editor from turning a flow back on by publishing", async () => {
  const id = await makeFlow();
  await call("POST", `/flows/${id}/publish`, { expectedVersion: 0 });
  await call("POST", `/flows/${id}/off`);
  await call("PUT", `/flows/${id}/draft`, { definition: definition({ runName: "x" }), expectedRevision: 1 });
  const editor = await createApiKey(owner, { name: "editor", role: "editor" });
  expect(
    await call("POST", `/flows/${id}/publish`, { expectedVersion: 1 }, { authorization: `Bearer ${editor.key}` }),
  ).toMatchObject({
    status: 200,
    body: { number: 2, on: false },
  });
  expect(await triggersOf(id)).toEqual([]);
});

test.each([
  ["POST", "/flows", { name: "x", id: "y" }, 422],
  ["POST", "/flows", { name: "x", workspaceId: "y" }, 422],
  ["POST", "/flows", { name: { not: "" } }, 422],
  ["POST", "/flows", { name: "" }, 422],
  ["POST", "/flows", [], 422],
  ["POST", "/flows", null, 422],
  ["POST", "/flows", { definition: { schema: 1 } }, 422],
  ["POST", "/flows", { definition: "x" }, 422],
  ["POST", "/flows", "{", 400],
  ["POST", "/flows", `"${"x".repeat(2_200_000)}"`, 413],
  ["GET", "/flows?limit=0", undefined, 422],
  ["GET", "/flows?limit=abc", undefined, 422],
  ["GET", "/flows?cursor=abc", undefined, 422],
  ["GET", "/flows?status=failed", undefined, 422],
  ["GET", "/flows?limit=1&limit=2", undefined, 422],
  ["GET", "/flows/abc", undefined, 422],
  ["GET", "/flows/%00", undefined, 422],
  ["GET", "/flows/null", undefined, 422],
  ["GET", `/flows/${newId()}`, undefined, 404],
  ["GET", `/flows/${newId()}/versions/1`, undefined, 404],
  ["GET", `/flows/${newId()}/versions`, undefined, 404],
  ["GET", `/flows/${newId()}/versions/-1`, undefined, 422],
  ["GET", `/flows/${newId()}/versions/99999999999`, undefined, 422],
  ["PUT", `/flows/${newId()}/draft`, { definition: {}, expectedRevision: "1" }, 422],
  ["POST", `/flows/${newId()}/publish`, {}, 422],
  ["GET", "/nothing", undefined, 404],
] as const)("answers %s %s %j with %i and problem details", async (method, path, body, status) => {
  const answer = await call(method, path, body === undefined ? undefined : (body as unknown) === null ? "null" : body);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.body).toMatchObject({
    status,
    type: "about:blank",
    title: expect.any(String),
    detail: expect.any(String),
    code: expect.any(String),
  });
});

test("takes JSON only, and never a cookie for a key", async () => {
  expect((await call("POST", "/flows", '{"name":"x"}', { "content-type": "text/plain" })).status).toBe(415);
  expect(
    (await call("GET", "/flows", undefined, { authorization: "", cookie: `hookline.session=${key}` })).status,
  ).toBe(401);
});

test("pages through a list without losing or repeating one", async () => {
  for (let n = 0; n < 5; n += 1) await makeFlow();
  const all = (await call("GET", "/flows?limit=200")).body.items.map((flow: { id: string }) => flow.id);
  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: { id: string }[]; nextCursor: string | null } = (
      await call("GET", `/flows?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`)
    ).body;
    seen.push(...page.items.map((flow) => flow.id));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(all);
});

test("describes itself in OpenAPI 3.1 without a dangling reference", async () => {
  const { body } = await call("GET", "/openapi.json");
  expect(body.openapi).toBe("3.1.0");
  const text = JSON.stringify(body);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(body.components.schemas).toHaveProperty([name ?? ""]);
  expect(Object.keys(body.paths)).toContain("/api/v1/flows/{flowId}/draft");
});
