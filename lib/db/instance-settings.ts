import type { SqlClient } from "./with-client.ts";

/** One value of the whole instance, or null when it was never written. */
export async function findInstanceSetting(client: SqlClient, key: string): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>("SELECT value FROM instance_setting WHERE key = $1", [key]);
  return rows[0]?.value ?? null;
}

/** Writes the value unless one is there, and returns the one that now holds: of several writers all get the same. */
export async function insertInstanceSettingOnce(client: SqlClient, key: string, value: string): Promise<string> {
  await client.query("INSERT INTO instance_setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", [key, value]);
  return (await findInstanceSetting(client, key)) ?? value;
}
