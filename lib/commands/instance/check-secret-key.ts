import { timingSafeEqual } from "node:crypto";
import { insertInstanceSettingOnce } from "#lib/db/instance-settings.ts";
import { withClient } from "#lib/db/with-client.ts";
import { fingerprintKey } from "#lib/platform/secret-key.ts";

/**
 * Whether `key` is the one this database's credentials were sealed with. The first key a database meets becomes its
 * own: a MAC made with it is kept, which says nothing about the key itself.
 */
export async function checkSecretKey(databaseUrl: string, key: Buffer): Promise<"fits" | "does-not-fit"> {
  const mine = fingerprintKey(key);
  const kept = await withClient(databaseUrl, (client) => insertInstanceSettingOnce(client, "secret-key-check", mine));
  return kept.length === mine.length && timingSafeEqual(Buffer.from(kept), Buffer.from(mine)) ? "fits" : "does-not-fit";
}
