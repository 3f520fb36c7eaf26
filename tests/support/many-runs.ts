import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import type { FlowRows } from "./run-rows.ts";

/** Writes so many failed runs of one event with a kept payload, and gives their ids in order. */
export async function insertFailedRuns(
  rows: FlowRows,
  count: number,
  failure: { step?: string; code?: string } = {},
): Promise<string[]> {
  const eventId = newId();
  await pool().query(
    `WITH e AS (
       INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, event_type, verdict, verification, method,
                          content_type, body_bytes, body_sha256, received_at)
       VALUES ($1::uuid, $2::uuid, $3::uuid, $1::uuid::text, 'test.event', 'accepted', 'not configured', 'POST',
               'application/json', 2, sha256('{}'), now())
     )
     INSERT INTO event_payload (event_id, workspace_id, path, query, headers, body)
     VALUES ($1::uuid, $2::uuid, '/in/x', '', '[]', '{}')`,
    [eventId, rows.workspaceId, rows.endpointId],
  );
  const { rows: made } = await pool().query<{ id: string }>(
    `WITH ids AS (SELECT new_id() AS id FROM generate_series(1, $6::int))
     INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id, status,
                      error_code, failed_step, finished_at)
     SELECT id, $1, $2, $3, $4, 'test.event', $5, id, 'failed', $7, $8, now() FROM ids RETURNING id`,
    [
      rows.workspaceId,
      rows.flowId,
      rows.versionId,
      eventId,
      rows.endpointId,
      count,
      failure.code ?? "http-500",
      failure.step ?? "crm",
    ],
  );
  return made.map(({ id }) => id).sort();
}
