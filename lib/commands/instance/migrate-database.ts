import { applyMigrations } from "#lib/db/apply-migrations.ts";
import { ensurePartitions } from "#lib/db/partitions.ts";
import { readDatabaseTime } from "#lib/db/settle-database-time.ts";
import { withClient } from "#lib/db/with-client.ts";
import { installQueueSchema } from "#lib/queue/install-queue-schema.ts";

/**
 * Brings a database to this code's schema: migrations, the queue's schema, the coming days' partitions. Safe to repeat.
 */
export async function migrateDatabase(databaseUrl: string): Promise<{ applied: string[] }> {
  return withClient(databaseUrl, async (client) => {
    const applied = await applyMigrations(client);
    await installQueueSchema(databaseUrl);
    await ensurePartitions(client, await readDatabaseTime(client));
    return { applied };
  });
}
