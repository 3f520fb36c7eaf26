import type { WorkspaceId } from "#lib/core/ids.ts";
import { acceptPool } from "#lib/db/accept-pool.ts";

/** An endpoint as stored, with its active secrets still sealed, newest first. */
export type ReceiverRow = {
  id: string;
  workspaceId: WorkspaceId;
  name: string;
  provider: string;
  settings: string;
  revision: number;
  paused: boolean;
  deleted: boolean;
  secrets: Array<{ id: string; label: string; endsIn: string; sealed: Uint8Array }>;
};

/**
 * The endpoint behind an address, or null when nobody made one. The only read without a workspace: the address itself
 * is the proof. Fails within a second when the database does not answer.
 */
export async function findReceiverRow(token: string): Promise<ReceiverRow | null> {
  const { rows } = await acceptPool().query<
    Omit<ReceiverRow, "secrets"> & { secrets: Array<{ id: string; label: string; endsIn: string; sealed: string }> }
  >({
    name: "find-receiver",
    text: `SELECT e.id, e.workspace_id AS "workspaceId", e.name, e.provider, e.settings, e.revision,
             e.paused_at IS NOT NULL AS paused, e.deleted_at IS NOT NULL OR w.deleted_at IS NOT NULL AS deleted,
             coalesce((SELECT json_agg(json_build_object('id', s.id, 'label', s.label, 'endsIn', s.ends_in,
                                                         'sealed', encode(s.sealed, 'base64'))
                                       ORDER BY s.id DESC)
                       FROM endpoint_secret s
                       WHERE s.endpoint_id = e.id AND s.retired_at IS NULL), '[]'::json) AS secrets
           FROM endpoint e LEFT JOIN workspace w ON w.id = e.workspace_id WHERE e.token = $1`,
    values: [token],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    ...row,
    secrets: row.secrets.map((secret) => ({ ...secret, sealed: Buffer.from(secret.sealed, "base64") })),
  };
}
