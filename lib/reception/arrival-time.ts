import { settleDatabaseTime } from "#lib/db/settle-database-time.ts";

/**
 * When a request arrived, by the database's clock: its id must fit a partition, its dedupe window and its signature's
 * tolerance must not depend on the machine it came to. Never throws.
 */
export function arrivalTime(): Promise<Date> {
  return settleDatabaseTime();
}
