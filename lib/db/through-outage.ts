import { SECOND } from "#lib/core/units.ts";
import { isConnectionLost } from "#lib/db/connection-lost.ts";

const TRY_MS_MAX = 30 * SECOND;
const TRY_AGAIN_MS = SECOND / 4;

/**
 * Asks the database again for half a minute while it is away, longer than it takes to come back; then throws what it
 * threw.
 */
export async function throughOutage<Result>(ask: () => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + TRY_MS_MAX;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isConnectionLost(error) || performance.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}
