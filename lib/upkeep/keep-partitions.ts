import { DAY, HOUR } from "#lib/core/units.ts";
import { dropPartitionsBefore, ensurePartitions } from "#lib/db/partitions.ts";
import { readDatabaseTime } from "#lib/db/settle-database-time.ts";
import { watchPool } from "#lib/db/watch-pool.ts";
import { withClient } from "#lib/db/with-client.ts";
import { env } from "#lib/platform/env.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { log } from "#lib/platform/log.ts";

/**
 * Makes the coming days' partitions and drops the expired ones, `now` being the database's; several processes may do so
 * at once.
 */
export async function carePartitions(databaseUrl: string, retentionDays: number, now: Date): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    const made = await ensurePartitions(client, now);
    if (made.length > 0) log().info({ made }, "made partitions");
    const dropped = await dropPartitionsBefore(client, new Date(now.getTime() - retentionDays * DAY));
    if (dropped.length > 0) log().info({ dropped }, "dropped expired partitions");
  });
}

/** Cares for partitions now and every hour until stopped. */
export function keepPartitions(): Upkeep {
  const turn = async () =>
    carePartitions(env().databaseUrl ?? "", env().retentionDays, await readDatabaseTime(watchPool()));
  return keepDoing(turn, HOUR, "caring for partitions failed");
}
