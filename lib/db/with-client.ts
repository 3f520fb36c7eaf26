import pg from "pg";

/** Anything that runs SQL: one connection or a pool. */
export type SqlClient = Pick<pg.Client, "query">;

/** Lends one fresh connection to `work` and closes it afterwards, whatever happened. */
export async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: "hookline upkeep",
    keepAlive: true,
  });
  // A connection cut while idle reports here as well as in the next query; without a listener it would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
