import { closeConnections } from "#lib/commands/instance/close-connections.ts";
import { startEmbeddedPostgres } from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";
import { type Env, readEnvOrThrow } from "#lib/platform/env.ts";
import { postgresFolder } from "./keep-postgres.ts";

/**
 * Runs `work` with the database of this environment's settings: DATABASE_URL, or the embedded one, which is started for
 * the duration of `work` when it is not running. DATABASE_URL is set for everything `work` calls.
 */
export async function withDatabase<T>(work: (databaseUrl: string, env: Env) => Promise<T>): Promise<T> {
  const env = readEnvOrThrow(process.env);
  if (env.databaseUrl !== undefined) return work(env.databaseUrl, env).finally(closeConnections);
  const server = await startEmbeddedPostgres({ folder: postgresFolder(env.dataDir) });
  process.env.DATABASE_URL = server.url;
  try {
    return await work(server.url, env);
  } finally {
    await closeConnections();
    if (!server.adopted) await server.stop();
  }
}
