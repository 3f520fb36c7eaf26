import type { SqlClient } from "./with-client.ts";

/** Notes that a worker on `host` has just taken a canary through claim, run and finish. */
export async function recordCanary(client: SqlClient, host: string): Promise<void> {
  await client.query(
    `INSERT INTO instance_setting (key, value) VALUES ($1, '') ON CONFLICT (key) DO UPDATE SET updated_at = now()`,
    [`canary:${host}`],
  );
}

/** Milliseconds since any worker last finished a canary, by the database's clock; null when none ever did. */
export async function findCanaryAgeMs(client: SqlClient): Promise<number | null> {
  const { rows } = await client.query<{ age: number | null }>(
    `SELECT extract(epoch FROM now() - max(updated_at))::float8 * 1000 AS age FROM instance_setting
     WHERE key LIKE 'canary:%'`,
  );
  return rows[0]?.age ?? null;
}
