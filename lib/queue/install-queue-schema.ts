import { Logger, runMigrations } from "graphile-worker";

/** Installs or updates the queue's own schema (`graphile_worker`) in the database; safe to repeat. */
export async function installQueueSchema(databaseUrl: string): Promise<void> {
  await runMigrations({ connectionString: databaseUrl, logger: new Logger(() => () => undefined) });
}
