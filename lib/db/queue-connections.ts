import pg from "pg";
import { SECOND } from "#lib/core/units.ts";
import { log } from "#lib/platform/log.ts";

/** The connections one pool of the queue fetches and completes jobs through; the caller ends them. */
export function openQueueConnections(databaseUrl: string): pg.Pool {
  const connections = new pg.Pool({
    connectionString: databaseUrl,
    max: 4,
    connectionTimeoutMillis: 5 * SECOND,
    keepAlive: true,
    application_name: "hookline queue",
  });
  connections.on("error", (error) => log().warn({ error }, "a queue connection broke while idle"));
  // A connection that breaks while lent out reports here too; without a listener it would end the process.
  connections.on("connect", (client) => void client.on("error", () => undefined));
  return connections;
}
