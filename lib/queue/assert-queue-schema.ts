import type { SqlClient } from "#lib/db/with-client.ts";

/** The newest migration of the pinned queue library; its functions and views are used as of this one. */
const QUEUE_SCHEMA_VERSION = 20;

/** Throws unless the queue's schema in the database is exactly the one this code was tested with. */
export async function assertQueueSchema(client: SqlClient): Promise<void> {
  const { rows } = await client.query<{ version: number | null }>(
    "SELECT max(id) AS version FROM graphile_worker.migrations",
  );
  const version = rows[0]?.version ?? null;
  if (version !== QUEUE_SCHEMA_VERSION)
    throw new Error(
      `The queue's schema is version ${version ?? "none"}, but this Hookline needs ${QUEUE_SCHEMA_VERSION}: ` +
        `run "hookline migrate" with this version.`,
    );
}
