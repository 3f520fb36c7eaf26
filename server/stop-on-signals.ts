import { SECOND } from "#lib/core/units.ts";
import { log } from "#lib/platform/log.ts";

/** Nothing may hold the process longer than this once it was asked to stop. */
const STOP_MS_MAX = 15 * SECOND;

/** On SIGTERM or SIGINT runs `stop` once and ends the process with 0; a stop that fails or hangs ends it with 1. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log().info({ signal }, "stopping");
    setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log().error({ error }, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", begin);
  process.on("SIGINT", begin);
  // Started by a supervisor that has died: nobody would start or stop us any more.
  process.on("disconnect", () => begin("SIGTERM"));
  if (process.connected === false) begin("SIGTERM");
}
