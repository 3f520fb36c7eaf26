import { createHash } from "node:crypto";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** Rows a run hangs on: a workspace with an endpoint and one published flow that listens to it. */
export type FlowRows = {
  workspaceId: WorkspaceId;
  endpointId: string;
  token: string;
  flowId: string;
  versionId: string;
};

/** Writes a workspace (unless it is there), an endpoint, a live flow and its trigger straight into the database. */
export async function insertFlowRows(
  definition: FlowDefinition,
  options: { settings?: string; workspaceId?: WorkspaceId } = {},
): Promise<FlowRows> {
  const now = new Date();
  const [endpointId, flowId, versionId] = [newId(now), newId(now), newId(now)];
  const workspaceId = options.workspaceId ?? newId(now);
  const token = createHash("sha256").update(endpointId).digest("base64url").slice(0, 32);
  const json = JSON.stringify(definition);
  const hash = createHash("sha256").update(json).digest("hex");
  await pool().query("INSERT INTO workspace (id, name) VALUES ($1, 'Test') ON CONFLICT DO NOTHING", [workspaceId]);
  await pool().query("INSERT INTO endpoint (id, workspace_id, token, name, settings) VALUES ($1, $2, $3, 'Test', $4)", [
    endpointId,
    workspaceId,
    token,
    options.settings ?? "{}",
  ]);
  await pool().query(
    `INSERT INTO flow (id, workspace_id, name, draft, live_version_id, "on")
     VALUES ($1, $2, 'Test flow', $3, $4, true)`,
    [flowId, workspaceId, json, versionId],
  );
  await pool().query(
    "INSERT INTO flow_version (id, workspace_id, flow_id, number, definition, hash) VALUES ($1, $2, $3, 1, $4, $5)",
    [versionId, workspaceId, flowId, json, hash],
  );
  await pool().query(
    `INSERT INTO flow_trigger (endpoint_id, flow_id, version_id, workspace_id, event_types)
     VALUES ($1, $2, $3, $4, '{}')`,
    [endpointId, flowId, versionId, workspaceId],
  );
  return { workspaceId: workspaceId as WorkspaceId, endpointId, token, flowId, versionId };
}

/** Stores an event and its queued run with a job, all in one transaction as receiving does; returns both ids. */
export async function insertEventRun(
  rows: FlowRows,
  body: string,
  options: { job?: boolean; headers?: [string, string][] } = {},
): Promise<{ eventId: string; runId: string }> {
  const now = new Date();
  const [eventId, runId] = [newId(now), newId(now)];
  const bytes = Buffer.from(body);
  const headers = options.headers ?? [["Content-Type", "application/json"]];
  await pool().query(
    `WITH e AS (
       INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, event_type, verdict, verification, method,
                          content_type, body_bytes, body_sha256, received_at)
       VALUES ($1::uuid, $2::uuid, $3::uuid, $1::uuid::text, 'test.event', 'accepted', 'not configured', 'POST',
               $12, $4, $5, now())
     ), p AS (
       INSERT INTO event_payload (event_id, workspace_id, path, query, headers, body)
       VALUES ($1::uuid, $2::uuid, '/in/x', 'a=1&a=2', $6, $7)
     ), r AS (
       INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id)
       VALUES ($8::uuid, $2::uuid, $9, $10, $1::uuid, 'test.event', $3::uuid, $8::uuid)
     )
     SELECT CASE WHEN $11::bool THEN (
       graphile_worker.add_job('run', json_build_object('runId', $8::uuid), max_attempts => 32767)).id END`,
    [
      eventId,
      rows.workspaceId,
      rows.endpointId,
      bytes.length,
      createHash("sha256").update(bytes).digest(),
      JSON.stringify(headers),
      bytes,
      runId,
      rows.flowId,
      rows.versionId,
      options.job ?? true,
      headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? null,
    ],
  );
  return { eventId, runId };
}
