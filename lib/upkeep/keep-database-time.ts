import { databaseNow } from "#lib/core/database-time.ts";
import { MINUTE, SECOND } from "#lib/core/units.ts";
import { settleDatabaseTime } from "#lib/db/settle-database-time.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { log } from "#lib/platform/log.ts";

const LOOK_EVERY_MS = 5 * SECOND;

/** Keeps this process on the database's clock until stopped, and says so when the machine's own is a minute off. */
export function keepDatabaseTime(): Upkeep {
  let told = false;
  const turn = async () => {
    const offMs = (await settleDatabaseTime()).getTime() - Date.now();
    const isOff = Math.abs(offMs) > MINUTE;
    if (isOff && !told)
      log().warn(
        { machineTime: new Date().toISOString(), databaseTime: databaseNow().toISOString() },
        "this machine's clock is not the database's; Hookline goes by the database's",
      );
    told = isOff;
  };
  return keepDoing(turn, LOOK_EVERY_MS, "the database's clock could not be followed");
}
