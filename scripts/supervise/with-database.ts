import { closeConnections } from "#lib/commands/instance/close-connections.ts";
import { findFolder } from "#lib/platform/embedded-postgres/find-folder.ts";
import { startEmbeddedPostgres } from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";
import { type Env, readEnvOrThrow } from "#lib/platform/env.ts";

/**
 * Runs `work` with the database of this environment's settings: DATABASE_URL, or the embedded one, which is started for
 * the duration of `work` when it is not running. DATABASE_URL is set for everything `work` calls; `folder` is the
 * embedded database's, null for one of your own.
 */
export async function withDatabase<T>(
  work: (databaseUrl: string, env: Env, folder: string | null) => Promise<T>,
): Promise<T> {
  const env = readEnvOrThrow(process.env);
  if (env.databaseUrl !== undefined) return work(env.databaseUrl, env, null).finally(closeConnections);
  const { folder } = findFolder(env);
  const server = await startEmbeddedPostgres({ folder });
  process.env.DATABASE_URL = server.url;
  try {
    return await work(server.url, env, folder);
  } finally {
    await closeConnections();
    if (!server.adopted) await server.stop();
  }
}
