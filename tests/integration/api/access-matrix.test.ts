import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { forgetCachedKeys } from "#lib/auth/actor-from-api-key.ts";
import { API_POLICY, type ApiOperationName } from "#lib/auth/policy.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { revokeApiKey } from "#lib/commands/instance/revoke-api-key.ts";
import { newId } from "#lib/core/ids.ts";
import { may, ROLES } from "#lib/core/roles.ts";
import { pool } from "#lib/db/pool.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeTenant, type Tenant } from "./tenant.ts";

useTestDatabase();
const api = createApi();
const operations = Object.keys(API_POLICY) as ApiOperationName[];
let ours: Tenant;
let theirs: Tenant;
let revoked: string;

beforeAll(async () => {
  [ours, theirs] = [await makeTenant("ours"), await makeTenant("theirs")];
  const key = await createApiKey(ours.owner, { name: "revoked", role: "owner" });
  revoked = key.key;
  await revokeApiKey(ours.owner, key.id);
});
afterAll(closeSandbox);

/** Bodies that are well-formed, so that what refuses them is the right and not the schema. */
const bodies: Partial<Record<ApiOperationName, (tenant: Tenant) => unknown>> = {
  "POST /flows": (tenant) => ({ name: "made", endpointId: tenant.ids.endpointId }),
  "PATCH /flows/{flowId}": () => ({ name: "renamed" }),
  "PUT /flows/{flowId}/draft": (tenant) => ({
    definition: {
      schema: 1,
      trigger: { endpointId: tenant.ids.endpointId, eventTypes: [], filter: null },
      runName: "",
      steps: [],
    },
    expectedRevision: 1,
  }),
  "POST /flows/{flowId}/publish": () => ({ expectedVersion: 1 }),
  "POST /flows/{flowId}/missed": () => ({ run: "none" }),
  "POST /flows/{flowId}/versions/{number}/restore": () => ({ expectedRevision: 1 }),
  "PATCH /endpoints/{endpointId}": () => ({ name: "renamed" }),
  "POST /endpoints/{endpointId}/rehearse": () => ({ settings: { methods: ["PUT"] } }),
  "POST /endpoints/{endpointId}/secrets": () => ({ secret: "a new secret" }),
  "POST /events/{eventId}/run": (tenant) => ({ flowId: tenant.ids.flowId }),
  "POST /requests/{requestId}/run": (tenant) => ({ flowId: tenant.ids.flowId }),
  "POST /brake/release": () => ({ what: "all" }),
  "POST /runs/{runId}/decide": () => ({ path: "note", decision: "skip" }),
  "POST /bulk-acts": () => ({ kind: "replay", filter: { eventType: "nothing is of it" }, dry: true }),
  "POST /connections": () => ({
    name: "made",
    kind: "http.bearer",
    config: { hosts: ["api.example.com"] },
    secrets: { token: "abc" },
  }),
  "POST /variables": () => ({ name: `made_${newId().replaceAll("-", "")}`, kind: "text", text: "x" }),
  "PUT /variables/{name}": () => ({ kind: "json", text: "1" }),
  "POST /connections/{connectionId}/hosts": () => ({ host: "crm.example.com" }),
  "PUT /connections/{connectionId}": () => ({
    name: "renamed",
    kind: "http.bearer",
    config: { hosts: ["api.example.com"] },
  }),
};

async function call(
  operation: ApiOperationName,
  target: Tenant,
  key: string | null,
  headers: Record<string, string> = {},
) {
  const [method = "", template = ""] = operation.split(" ");
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "number" ? "1" : target.ids[name as keyof Tenant["ids"]],
  );
  const body = bodies[operation]?.(target);
  const response = await api.request(`/api/v1${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Everything a workspace holds, as one text; times that reading may touch are left out. */
async function dump(workspaceId: string): Promise<string> {
  const tables = [
    "member",
    "api_key",
    "audit_entry",
    "endpoint",
    "endpoint_secret",
    "event",
    "event_item",
    "event_payload",
    "request",
    "flow",
    "flow_version",
    "flow_trigger",
    "catch_up",
    "run",
    "bulk_act",
    "journal_part",
    "step_data",
    "connection",
    "variable",
  ];
  const parts = [];
  for (const table of tables) {
    const { rows } = await pool().query(
      `SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM ${table} t WHERE workspace_id = $1 ORDER BY 1`,
      [workspaceId],
    );
    parts.push(table, ...rows.map(({ row }) => row as string));
  }
  return parts.join("\n");
}

test("lists exactly the operations the router has", () => {
  const routed = api.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace("/api/v1", "").replace(/:(\w+)/g, "{$1}")}`);
  expect([...new Set(routed)].sort()).toEqual([...operations].sort());
});

describe.each(operations)("%s", (operation) => {
  test("is closed without a valid key, whatever else is sent", async () => {
    for (const key of [null, revoked, `hl_${"x".repeat(43)}`, "", ours.keys.owner.slice(0, -1)])
      expect((await call(operation, ours, key)).status).toBe(401);
    const tricks: Record<string, string>[] = [
      { cookie: `hookline.session=${ours.keys.owner}` },
      { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
      { "x-hookline-door": "1", "x-hookline-client-ip": "127.0.0.1" },
      { "next-action": "x" },
      { authorization: `Basic ${Buffer.from(`x:${ours.keys.owner}`).toString("base64")}` },
    ];
    for (const headers of tricks) expect((await call(operation, ours, null, headers)).status).toBe(401);
  });

  test("refuses roles below its capability and nobody else", async () => {
    const capability = API_POLICY[operation];
    const refused = [];
    for (const role of ROLES) {
      // Roles that may are asked about a tenant whose ids do not exist: permission comes before lookup, and nothing
      // changes.
      const nowhere = {
        ...ours,
        ids: Object.fromEntries(Object.keys(ours.ids).map((name) => [name, newId()])) as Tenant["ids"],
      };
      if ((await call(operation, nowhere, ours.keys[role])).status === 403) refused.push(role);
    }
    expect(refused).toEqual(ROLES.filter((role) => !may(role, capability)));
  });

  test("shows and changes nothing of another workspace", async () => {
    const before = await dump(theirs.owner.workspaceId);
    const answer = await call(operation, theirs, ours.keys.owner);
    const takesIds = operation.includes("{");
    expect(takesIds ? [404] : [200, 201, 422]).toContain(answer.status);
    expect(answer.text).not.toContain("theirs");
    expect(await dump(theirs.owner.workspaceId)).toBe(before);
  });

  test("answers an unknown id exactly as a foreign one", async () => {
    if (!operation.includes("{")) return;
    const unknown = {
      ...theirs,
      ids: Object.fromEntries(Object.keys(theirs.ids).map((name) => [name, newId()])) as Tenant["ids"],
    };
    expect(await call(operation, unknown, ours.keys.owner)).toEqual(await call(operation, theirs, ours.keys.owner));
  });

  test("takes no id of another type", async () => {
    if (!operation.includes("{")) return;
    for (const odd of [
      "null",
      "undefined",
      "0",
      "[]",
      "{}",
      "%7B%22not%22:%22%22%7D",
      "%00",
      "..%2f..",
      "%27%20OR%201=1",
      "*",
    ]) {
      const target = {
        ...ours,
        ids: Object.fromEntries(Object.keys(ours.ids).map((name) => [name, odd])) as Tenant["ids"],
      };
      expect([404, 422]).toContain((await call(operation, target, ours.keys.owner)).status);
    }
  });
});

test("shows a viewer what happened and none of what was in it", async () => {
  for (const operation of operations.filter((name) => name.startsWith("GET"))) {
    const { text } = await call(operation, ours, ours.keys.viewer);
    expect(text).not.toContain("Bearer ours");
    expect(text).not.toContain('"mark":"ours"');
  }
  expect((await call("GET /events/{eventId}", ours, ours.keys.editor)).text).toContain("Bearer ours");
  expect((await call("GET /runs/{runId}", ours, ours.keys.editor)).text).toContain('{"mark":"ours"}');
  expect((await call("GET /events/{eventId}/body", ours, ours.keys.editor)).text).toBe(
    '{"mark":"ours","odd":"\\u0000"}',
  );
});

test("never shows a secret again", async () => {
  for (const operation of operations.filter((name) => name.startsWith("GET"))) {
    const { text } = await call(operation, ours, ours.keys.owner);
    expect(text).not.toContain("ours-token");
    expect(text).not.toContain("ours-secret");
  }
});

test("gives a stranger's bytes to be kept, never to be shown", async () => {
  const response = await api.request(`/api/v1/events/${ours.ids.eventId}/body`, {
    headers: { authorization: `Bearer ${ours.keys.owner}` },
  });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": expect.stringMatching(/^attachment/),
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "no-store",
  });
});

test("ends a key's rights when its maker is removed", async () => {
  await pool().query("DELETE FROM member WHERE workspace_id = $1", [theirs.owner.workspaceId]);
  forgetCachedKeys();
  for (const operation of operations) expect((await call(operation, theirs, theirs.keys.owner)).status).toBe(401);
});
