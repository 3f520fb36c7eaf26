import type { QueryConfig } from "pg";
import { LARGE_BODY_BYTES } from "#lib/core/size-limits.ts";
import type { ClaimedRun } from "#lib/db/claims.ts";
import { runPool } from "#lib/db/run-pool.ts";

/**
 * The run with its body, where that was too large to come with the claim. One that went past retention meanwhile leaves
 * the run without an event.
 */
export async function loadLargeBody(run: ClaimedRun): Promise<ClaimedRun> {
  if (run.bodyBytes <= LARGE_BODY_BYTES) return run;
  if (run.ownBody !== null) {
    const data = await readOwnBody(run.workspaceId, run.ownBody.id);
    return data === null ? { ...run, event: null } : { ...run, ownBody: { ...run.ownBody, data } };
  }
  const body = run.event === null ? null : await readBody(run.workspaceId, run.eventId);
  return { ...run, event: run.event === null || body === null ? null : { ...run.event, body } };
}

/** In binary: as text, bytea takes twice the room on the way, and a pass to undo. */
async function readBody(workspaceId: string, eventId: string): Promise<Buffer | null> {
  const inBinary: QueryConfig & { binary: true } = {
    text: "SELECT body FROM event_payload WHERE workspace_id = $1 AND event_id = $2",
    values: [workspaceId, eventId],
    binary: true,
    types: { getTypeParser: () => asItCame },
  };
  const { rows } = await runPool().query<{ body: Buffer }>(inBinary);
  return rows[0]?.body ?? null;
}

function asItCame(bytes: Buffer): Buffer {
  return bytes;
}

async function readOwnBody(workspaceId: string, id: string): Promise<string | null> {
  const { rows } = await runPool().query<{ data: string }>(
    "SELECT data FROM step_data WHERE workspace_id = $1 AND id = $2",
    [workspaceId, id],
  );
  return rows[0]?.data ?? null;
}
