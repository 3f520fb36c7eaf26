import { randomBytes } from "node:crypto";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { createEndpoint } from "#lib/commands/endpoints/create-endpoint.ts";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { countRuns } from "#lib/commands/runs/count-runs.ts";
import { createVariable } from "#lib/commands/variables/save-variable.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { ROLES, type Role } from "#lib/core/roles.ts";
import { pool } from "#lib/db/pool.ts";
import { insertUser } from "#lib/db/users.ts";
import { insertWorkspace } from "#lib/db/workspaces.ts";
import { appendPart, stepRow, tryRow } from "#tests/support/kept-journal.ts";

/** A workspace with one of everything, and a key of each role. Names of things hold `mark`. */
export type Tenant = {
  mark: string;
  owner: Actor;
  keys: Record<Role, string>;
  ids: Record<
    | "endpointId"
    | "secretId"
    | "flowId"
    | "eventId"
    | "requestId"
    | "runId"
    | "valueId"
    | "connectionId"
    | "name"
    | "bulkActId",
    string
  >;
};

/** Makes a tenant through the commands, and its event, request and run by SQL. */
export async function makeTenant(mark: string): Promise<Tenant> {
  const userId = newId();
  await insertUser({ id: userId, email: `${mark}@example.com`, passwordHash: null });
  const workspaceId = await insertWorkspace({ name: mark, firstMember: { userId, role: "owner" } });
  const owner: Actor = { kind: "user", id: userId, workspaceId, role: "owner" };
  const keys = Object.fromEntries(
    await Promise.all(
      ROLES.map(async (role) => [role, (await createApiKey(owner, { name: `${mark} ${role}`, role })).key]),
    ),
  ) as Record<Role, string>;

  const endpoint = await createEndpoint(owner, {
    name: `${mark} in`,
    provider: "github",
    secrets: [`${mark}-secret-${randomBytes(8).toString("hex")}`],
  });
  const secret = await pool().query("SELECT id FROM endpoint_secret WHERE endpoint_id = $1", [endpoint.id]);
  const connection = await createConnection(owner, {
    name: `${mark} token`,
    kind: "http.bearer",
    config: { hosts: ["api.example.com"] },
    secrets: { token: `${mark}-token-0123456789` },
  });
  const variable = `${mark.replaceAll(/\W/g, "_")}_limit`;
  await createVariable(owner, { name: variable, kind: "text", text: mark });
  const step = { kind: "action", id: "note", name: `${mark} step`, action: "transform", input: { value: "{{ 1 }}" } };
  const definition = {
    schema: 1,
    trigger: { endpointId: endpoint.id, eventTypes: [], filter: null },
    runName: mark,
    steps: [step],
  };
  const flow = await createFlow(owner, { name: `${mark} flow`, definition });
  const version = await publishFlow(owner, flow.id, { expectedVersion: 0 });
  const { act } = await countRuns(owner, { kind: "replay", filter: { search: `${mark} nowhere` } });
  const rows = await insertTraffic({
    mark,
    workspaceId,
    endpointId: endpoint.id,
    flowId: flow.id,
    versionId: version.versionId,
  });
  return {
    mark,
    owner,
    keys,
    ids: {
      endpointId: endpoint.id,
      secretId: secret.rows[0].id,
      flowId: flow.id,
      connectionId: connection.id,
      name: variable,
      bulkActId: act.id,
      ...rows,
    },
  };
}

async function insertTraffic(at: {
  mark: string;
  workspaceId: string;
  endpointId: string;
  flowId: string;
  versionId: string;
}) {
  const { mark, workspaceId, endpointId, flowId, versionId } = at;
  const [eventId, requestId, runId, valueId] = [newId(), newId(), newId(), newId()];
  const body = Buffer.from(`{"mark":"${mark}","odd":"\\u0000"}`);
  const headers = JSON.stringify([
    ["Content-Type", "text/html"],
    ["Authorization", `Bearer ${mark}`],
  ]);
  await pool().query(
    `INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, event_type, verdict, verification, method,
                        content_type, body_bytes, body_sha256, received_at)
     VALUES ($1, $2, $3, $4, 'order.paid', 'accepted', 'verified', 'POST', 'text/html', $5, sha256($6), now())`,
    [eventId, workspaceId, endpointId, `${mark}-1`, body.length, body],
  );
  await pool().query(
    `INSERT INTO event_payload (event_id, workspace_id, path, query, headers, body)
     VALUES ($1, $2, '/', 'q=1', $3, $4)`,
    [eventId, workspaceId, headers, body],
  );
  await pool().query(
    `INSERT INTO request (id, workspace_id, endpoint_id, verdict, verification, reason, status, method, path, query,
                          headers, body, body_bytes, received_at)
     VALUES ($1, $2, $3, 'refused', 'not verified', 'bad-signature', 401, 'POST', '/', '', $4, $5, $6, now())`,
    [requestId, workspaceId, endpointId, headers, body, body.length],
  );
  await pool().query(
    `INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, endpoint_id, origin_run_id, status, error_code,
                      failed_step, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, $1, 'failed', 'http-500', 'note', now())`,
    [runId, workspaceId, flowId, versionId, eventId, endpointId],
  );
  await pool().query("INSERT INTO step_data (id, workspace_id, run_id, kind, data) VALUES ($1, $2, $3, 'input', $4)", [
    valueId,
    workspaceId,
    runId,
    JSON.stringify({ mark }),
  ]);
  const failed = stepRow("note", { action: "transform", status: "failed", attempts: 1, inputDataId: valueId });
  await appendPart({ runId, workspaceId }, { steps: [failed], attempts: [tryRow("note", { outcome: "failed" })] });
  return { eventId, requestId, runId, valueId };
}
