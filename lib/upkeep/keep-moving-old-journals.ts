import { HOUR } from "#lib/core/units.ts";
import { moveOldJournals } from "#lib/db/old-journal.ts";
import { withClient } from "#lib/db/with-client.ts";
import { env } from "#lib/platform/env.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { log } from "#lib/platform/log.ts";

/** Between two slices, so that what is under way goes first. */
const REST_MS = 50;

/**
 * Moves what versions before the journal's parts kept of runs, slice by slice behind the work; reading and resuming
 * such a run goes on meanwhile.
 */
export function keepMovingOldJournals(): Upkeep {
  let stopped = false;
  const turn = async () => {
    let moved = 0;
    await withClient(env().databaseUrl ?? "", async (client) => {
      for (let slice = -1; slice !== 0 && !stopped; moved += slice) {
        slice = await moveOldJournals(client);
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
      }
    });
    if (moved > 0) log().info({ runs: moved }, "moved the journals of an earlier version");
  };
  const kept = keepDoing(turn, HOUR, "moving the journals of an earlier version failed");
  return {
    stop() {
      stopped = true;
      kept.stop();
    },
  };
}
