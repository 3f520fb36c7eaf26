import pg from "pg";
import { log } from "#lib/platform/log.ts";

/**
 * A pool of connections none of which can end the process: one that breaks while idle is logged and replaced, one that
 * breaks while it is lent out fails the statement that finds it so. (pg takes its own error listener off a connection
 * it lends, and an "error" nobody listens to is thrown.) The caller ends the pool.
 */
export function openPool(options: pg.PoolConfig & { application_name: string }): pg.Pool {
  const made = new pg.Pool({ keepAlive: true, ...options });
  made.on("error", (error) => log().warn({ error, pool: options.application_name }, "a database connection broke"));
  made.on("connect", (client) => void client.on("error", () => undefined));
  return made;
}
