import { beforeAll, expect } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

// Whoever imports this file gets a database with an owner and an endpoint for its tests.
useTestDatabase();
const api = createApi();

/** The owner of the file's workspace. */
export let owner: Actor;
/** An API key of the owner. */
export let key: string;
/** The workspace's only endpoint. */
export let endpointId: string;

beforeAll(async () => {
  owner = await createOwner({ email: "ada@example.com", password: "correct horse battery" }, { kind: "this machine" });
  ({ key } = await createApiKey(owner, { name: "test", role: "owner" }));
  endpointId = newId();
  await pool().query("INSERT INTO endpoint (id, workspace_id, token, name) VALUES ($1, $2, $3, 'in')", [
    endpointId,
    owner.workspaceId,
    newId(),
  ]);
  return closeSandbox;
});

/** Calls the API as the owner; a body that is no text is sent as JSON. */
export async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await api.request(`/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

/** A step that needs nothing but the event. */
export const step = {
  kind: "action",
  id: "note",
  name: "Note",
  action: "transform",
  input: { value: "{{ trigger.body.amount }}" },
};
/** A flow of one step that listens to the endpoint, with what the test changes. */
export const definition = (change: object = {}) => ({
  schema: 1,
  trigger: { endpointId, eventTypes: [], filter: null },
  runName: "",
  steps: [step],
  ...change,
});

/** Makes a flow through the API and gives its id. */
export async function makeFlow(change: object = {}): Promise<string> {
  const { status, body } = await call("POST", "/flows", { name: "Orders", definition: definition(change) });
  expect(status).toBe(201);
  return body.id;
}

/** What a flow listens to while it is live. */
export const triggersOf = async (flowId: string) =>
  (await pool().query("SELECT endpoint_id, version_id, event_types FROM flow_trigger WHERE flow_id = $1", [flowId]))
    .rows;
