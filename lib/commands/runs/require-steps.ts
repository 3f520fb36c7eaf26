import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError } from "#lib/core/errors.ts";
import { idMs } from "#lib/core/ids.ts";
import { DAY } from "#lib/core/units.ts";
import { env } from "#lib/platform/env.ts";

/**
 * Throws ConflictError "steps-gone" for a run whose steps are past retention, `count` being how many are kept: nobody
 * knows what it has done, so going on would do it again. Its event may still be there, when another run needs it.
 */
export function requireSteps(runId: string, count: number): void {
  const isOld = idMs(runId) < databaseNow().getTime() - env().retentionDays * DAY;
  if (count === 0 && isOld)
    throw new ConflictError("steps-gone", "The steps of this run are past retention: it can only be replayed.");
}
