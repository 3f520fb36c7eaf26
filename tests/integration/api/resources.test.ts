import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeTenant, type Tenant } from "./tenant.ts";

useTestDatabase();
const api = createApi();
let ours: Tenant;
let server: Server;

beforeAll(async () => {
  ours = await makeTenant("ours");
  server = createServer((_request, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await closeSandbox();
  await new Promise((resolve) => server.close(resolve));
});

async function call(method: string, path: string, body?: unknown) {
  const response = await api.request(`/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${ours.keys.owner}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

test("takes an endpoint from making to deletion and back", async () => {
  const made = await call("POST", "/endpoints");
  expect(made).toMatchObject({
    status: 201,
    body: { url: expect.stringMatching(/\/in\/[\w-]{32}$/), provider: "none", settings: { verification: "off" } },
  });
  const { id, url } = made.body;
  expect(await call("POST", `/endpoints/${id}/secrets`, { secret: "whsec_0123456789abcdef" })).toMatchObject({
    status: 201,
    body: { endsIn: "cdef" },
  });
  expect(await call("PATCH", `/endpoints/${id}`, { provider: "github", name: "Hub" })).toMatchObject({
    status: 200,
    body: { name: "Hub", settings: { verification: "required" } },
  });
  const patched = await call("PATCH", `/endpoints/${id}`, { settings: { methods: ["POST", "PUT"] } });
  expect(patched.body).toMatchObject({
    url,
    settings: { methods: ["POST", "PUT"], verification: "required" },
    secrets: [{ endsIn: "cdef", retiredAt: null }],
  });
  expect((await call("PATCH", `/endpoints/${id}`, { name: "late", revision: 1 })).body).toMatchObject({
    status: 409,
    code: "endpoint-changed",
  });
  expect(
    (await call("PATCH", `/endpoints/${id}`, { settings: { methods: [], unknown: 1 } })).body.errors.map(
      (error: { field: string }) => error.field,
    ),
  ).toEqual(["settings.methods", "settings"]);
  expect((await call("PATCH", `/endpoints/${id}`, { name: "a\u0000b" })).status).toBe(422);
  expect((await call("POST", `/endpoints/${id}/pause`)).body.pausedAt).toMatch(/Z$/);
  expect((await call("POST", `/endpoints/${id}/resume`)).body.pausedAt).toBeNull();
  expect((await call("DELETE", `/endpoints/${id}/secrets/${patched.body.secrets[0].id}`)).status).toBe(204);
  expect((await call("DELETE", `/endpoints/${id}/secrets/${patched.body.secrets[0].id}`)).status).toBe(404);
  expect((await call("DELETE", `/endpoints/${id}`)).status).toBe(204);
  expect((await call("GET", `/endpoints/${id}`)).status).toBe(404);
  expect((await call("POST", `/endpoints/${id}/undelete`)).body.url).toBe(url);
  expect((await call("GET", "/endpoints")).body.items.map((endpoint: { id: string }) => endpoint.id)).toEqual([
    ours.ids.endpointId,
    id,
  ]);
});

test("lists what reached an endpoint, by kind and verdict, and shows one whole", async () => {
  const { endpointId, eventId, requestId, runId } = ours.ids;
  expect((await call("GET", `/endpoints/${endpointId}/events`)).body).toMatchObject({
    items: [{ id: eventId, verdict: "accepted" }],
    nextCursor: null,
  });
  expect(
    (await call("GET", `/endpoints/${endpointId}/requests`)).body.items.map((item: { id: string }) => item.id).sort(),
  ).toEqual([eventId, requestId].sort());
  expect((await call("GET", `/endpoints/${endpointId}/requests?verdict=refused`)).body.items).toMatchObject([
    { id: requestId, reason: "bad-signature" },
  ]);
  expect((await call("GET", `/endpoints/${endpointId}/events?verdict=refused`)).status).toBe(422);
  const event = await call("GET", `/events/${eventId}`);
  expect(event.body).toMatchObject({
    id: eventId,
    endpointId,
    query: "q=1",
    headers: [
      ["Content-Type", "text/html"],
      ["Authorization", "Bearer ours"],
    ],
    runs: [{ id: runId, status: "failed" }],
  });
  expect(event.body.bodySha256).toMatch(/^[0-9a-f]{64}$/);
  expect((await call("GET", `/requests/${requestId}`)).body).toMatchObject({
    id: requestId,
    status: 401,
    verdict: "refused",
  });
  expect((await call("GET", `/events/${requestId}`)).status).toBe(404);
  expect((await call("GET", `/requests/${eventId}`)).status).toBe(404);
});

test("filters runs, shows one with its steps, replays, cancels and resumes", async () => {
  const { runId, flowId, eventId, valueId } = ours.ids;
  const list = async (query: string) =>
    (await call("GET", `/runs?${query}`)).body.items.map((run: { id: string }) => run.id);
  expect(await list(`status=failed,queued&flowId=${flowId}&eventId=${eventId}&from=2020-01-01T00:00:00Z`)).toEqual([
    runId,
  ]);
  expect(await list("status=succeeded")).toEqual([]);
  expect(await list("to=2020-01-01T00:00:00Z")).toEqual([]);
  for (const bad of ["status=fine", "from=yesterday", "flowId=x", "state=failed", "search=%00"])
    expect((await call("GET", `/runs?${bad}`)).status).toBe(422);

  const one = await call("GET", `/runs/${runId}`);
  expect(one.body).toMatchObject({
    id: runId,
    version: 1,
    status: "failed",
    steps: [
      {
        path: "note",
        input: { id: valueId, json: { mark: "ours" } },
        output: null,
        attempts: [{ number: 1, outcome: "failed" }],
      },
    ],
  });
  expect((await call("GET", `/runs/${runId}/values/${valueId}`)).body).toEqual({
    id: valueId,
    kind: "input",
    json: { mark: "ours" },
  });
  expect((await call("GET", `/runs/${runId}/values/${newId()}`)).status).toBe(404);

  const replay = await call("POST", `/runs/${runId}/replay`, { version: "live", body: '{"amount":2}' });
  expect(replay).toMatchObject({ status: 202, body: { kind: "replay", replayOf: runId, status: "queued" } });
  expect((await call("POST", `/runs/${runId}/replay`)).status).toBe(202);
  expect((await call("POST", `/runs/${runId}/replay`, { version: newId() })).status).toBe(422);
  expect((await call("POST", `/runs/${runId}/replay`, { version: "newest" })).status).toBe(422);
  expect((await call("POST", `/runs/${replay.body.id}/cancel`)).body.status).toBe("canceled");
  expect((await call("POST", `/runs/${replay.body.id}/cancel`)).body).toMatchObject({ status: 409, code: "run-ended" });
  expect((await call("POST", `/runs/${runId}/decide`, { path: "note", decision: "skip" })).status).toBe(409);
  expect(await call("POST", `/runs/${runId}/resume`)).toMatchObject({ status: 202, body: { status: "queued" } });
  const jobs = await pool().query(
    "SELECT count(*)::int AS jobs FROM graphile_worker.jobs WHERE task_identifier = 'run'",
  );
  expect(jobs.rows[0].jobs).toBeGreaterThanOrEqual(2);
});

test("gives values with the digits they were written with, and says what a body is instead of its type", async () => {
  const { runId, valueId } = ours.ids;
  const written = '{"id":9007199254740993,"rate":1.0,"far":1e400}';
  await pool().query("UPDATE step_data SET data = $2 WHERE id = $1", [valueId, written]);
  const read = async (path: string, key: keyof Tenant["keys"] = "owner") => {
    const headers = { authorization: `Bearer ${ours.keys[key]}` };
    const response = await api.request(`/api/v1${path}`, { headers });
    expect(response.headers.get("content-type")).toBe("application/json");
    return response.text();
  };
  expect(await read(`/runs/${runId}/values/${valueId}`)).toBe(`{"id":"${valueId}","kind":"input","json":${written}}`);
  const run = await read(`/runs/${runId}`);
  expect(run).toContain(`"input":{"id":"${valueId}","json":${written}}`);
  expect(JSON.parse(run)).toMatchObject({
    bodyDeviations: [
      { kind: "read-by-content", message: "Its type says text/html, but it is JSON, so it was read as JSON." },
    ],
  });
  expect(JSON.parse(await read(`/runs/${runId}`, "viewer"))).toMatchObject({ bodyDeviations: null });
  const [replay] = JSON.parse(await read(`/runs?replayOf=${runId}&status=canceled`)).items;
  expect(JSON.parse(await read(`/runs/${replay.id}`))).toMatchObject({ bodyDeviations: null });
});

test("keeps a connection's secrets to itself from making to deletion", async () => {
  const config = { hosts: ["127.0.0.1"] };
  const made = await call("POST", "/connections", {
    name: "CRM",
    kind: "http.bearer",
    config,
    secrets: { token: "secret-token-0123456789" },
  });
  expect(made).toMatchObject({ status: 201, body: { version: 1, secretHints: { token: "6789" }, lastTest: null } });
  const { id } = made.body;
  expect(JSON.stringify(made.body)).not.toContain("secret-token");
  expect((await call("PUT", `/connections/${id}`, { name: "CRM 2", kind: "http.bearer", config })).body).toMatchObject({
    name: "CRM 2",
    secretHints: { token: "6789" },
  });
  expect(
    (await call("PUT", `/connections/${id}`, { name: "x", kind: "http.bearer", config: { hosts: ["evil.example"] } }))
      .body.errors,
  ).toMatchObject([{ field: "secrets.token" }]);
  expect((await call("POST", "/connections", { name: "x", kind: "nothing" })).body.errors).toMatchObject([
    { field: "kind" },
  ]);
  expect((await call("POST", "/connections", { name: "x", kind: "http.bearer", workspaceId: newId() })).status).toBe(
    422,
  );
  const { port } = server.address() as AddressInfo;
  const trial = await call("POST", `/connections/${id}/test`, { url: `http://127.0.0.1:${port}/` });
  expect(trial).toMatchObject({ status: 200, body: { ok: false } });
  expect((await call("GET", `/connections/${id}`)).body.lastTest).toMatchObject({ ok: false });
  expect((await call("DELETE", `/connections/${id}`)).status).toBe(204);
  expect((await call("GET", `/connections/${id}`)).status).toBe(404);
});

test("answers every GET as its own document says", async () => {
  // Only a failed run can be resumed on another version, and be asked about it.
  await pool().query("UPDATE run SET status = 'failed', finished_at = now() WHERE id = $1", [ours.ids.runId]);
  onTestFinished(async () => {
    await pool().query("UPDATE run SET status = 'queued', finished_at = NULL WHERE id = $1", [ours.ids.runId]);
  });
  const { body: document } = await call("GET", "/openapi.json");
  const { default: Ajv } = await import("ajv/dist/2020.js");
  const { default: addFormats } = await import("ajv-formats");
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: "api", components: document.components });
  for (const [path, operations] of Object.entries<
    Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
  >(document.paths)) {
    const schema = operations.get?.responses["200"]?.content?.["application/json"]?.schema;
    if (schema === undefined) continue;
    const url = path
      .replace("/api/v1", "")
      .replace(/\{(\w+)\}/g, (_, name: string) => (name === "number" ? "1" : ours.ids[name as keyof Tenant["ids"]]));
    const { status, body } = await call("GET", url);
    expect([path, status]).toEqual([path, 200]);
    const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')));
    validate(body);
    expect([path, validate.errors]).toEqual([path, null]);
  }
});
