import { createHmac, timingSafeEqual } from "node:crypto";
import { insertInstanceSettingOnce } from "#lib/db/instance-settings.ts";
import { withClient } from "#lib/db/with-client.ts";

/**
 * Whether `key` is the one this database's credentials were sealed with. The first key a database meets becomes its
 * own: a MAC made with it is kept, which says nothing about the key itself.
 */
export async function checkSecretKey(databaseUrl: string, key: Buffer): Promise<"fits" | "does-not-fit"> {
  const mine = createHmac("sha256", key).update("hookline secret key check v1").digest();
  const kept = await withClient(databaseUrl, (client) =>
    insertInstanceSettingOnce(client, "secret-key-check", mine.toString("hex")),
  );
  const stored = Buffer.from(kept, "hex");
  return stored.length === mine.length && timingSafeEqual(stored, mine) ? "fits" : "does-not-fit";
}
