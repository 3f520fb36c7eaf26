import { ownMigrations } from "#lib/commands/instance/check-readiness.ts";
import { SECOND } from "#lib/core/units.ts";
import { env } from "#lib/platform/env.ts";
import { giveLifeSigns } from "#lib/platform/life-signs.ts";
import { log } from "#lib/platform/log.ts";
import { keepDatabaseTime } from "#lib/upkeep/keep-database-time.ts";
import { keepMovingOldJournals } from "#lib/upkeep/keep-moving-old-journals.ts";
import { keepPartitions } from "#lib/upkeep/keep-partitions.ts";
import { keepRetiringSecrets } from "#lib/upkeep/keep-retiring-secrets.ts";
import { startWorker } from "#lib/worker/start-worker.ts";
import { openOperationsServer } from "#server/open-operations-server.ts";
import { stopOnSignals } from "#server/stop-on-signals.ts";

/** Effects under way get this long to end when the process is asked to stop. */
const GRACE_MS = 10 * SECOND;

/** The worker process: takes runs from the queue and works on them. Ends on SIGTERM and SIGINT after draining. */
async function main(): Promise<void> {
  giveLifeSigns();
  ownMigrations();
  const upkeep = [keepDatabaseTime(), keepPartitions(), keepMovingOldJournals(), keepRetiringSecrets()];
  const worker = await startWorker(() => {
    log().error("others have declared this worker dead and taken its runs; ending");
    process.exit(1);
  });
  const { workerPort, host } = env();
  const operations = workerPort === undefined ? null : await openOperationsServer(workerPort, host, worker.findProblem);
  stopOnSignals(async () => {
    await operations?.stop();
    for (const care of upkeep) care.stop();
    await worker.stop(GRACE_MS);
  });
}

await main();
