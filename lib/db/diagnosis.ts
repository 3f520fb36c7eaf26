import type { WorkspaceId } from "#lib/core/ids.ts";
import type { SqlClient } from "./with-client.ts";

/** What a database says about itself that decides whether Hookline's promises hold on it. */
export type DatabaseFacts = {
  version: string;
  /** Durability switches that must be on: with them off, accepted events can be lost in a crash. */
  fsync: boolean;
  synchronousCommit: boolean;
  connectionsMax: number;
  now: Date;
};

/** Reads version, durability, connection limit and clock of the server. */
export async function getDatabaseFacts(client: SqlClient): Promise<DatabaseFacts> {
  const { rows } = await client.query<{
    version: string;
    fsync: string;
    commit: string;
    connections: number;
    now: Date;
  }>(
    `SELECT split_part(version(), ' ', 2) AS version, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS commit, current_setting('max_connections')::int AS connections,
            clock_timestamp() AS now`,
  );
  const row = rows[0];
  if (row === undefined) throw new Error("The database answered without a row.");
  return {
    version: row.version,
    fsync: row.fsync === "on",
    synchronousCommit: row.commit !== "off",
    connectionsMax: row.connections,
    now: row.now,
  };
}

/** The mail connections of all workspaces; for whoever runs the server. */
export async function listMailConnections(
  client: SqlClient,
): Promise<{ id: string; workspaceId: WorkspaceId; name: string }[]> {
  const { rows } = await client.query<{ id: string; workspace_id: WorkspaceId; name: string }>(
    "SELECT id, workspace_id, name FROM connection WHERE kind = 'smtp' AND deleted_at IS NULL ORDER BY name",
  );
  return rows.map((row) => ({ id: row.id, workspaceId: row.workspace_id, name: row.name }));
}
