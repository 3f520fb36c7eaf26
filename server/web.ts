import next from "next";
import { ownMigrations } from "#lib/commands/instance/check-readiness.ts";
import { keepActingOnRuns } from "#lib/commands/runs/keep-acting-on-runs.ts";
import { env } from "#lib/platform/env.ts";
import { giveLifeSigns } from "#lib/platform/life-signs.ts";
import { log } from "#lib/platform/log.ts";
import { declareFrontDoor } from "#lib/platform/raw-head.ts";
import { flushRecordsAndNews } from "#lib/reception/record-request.ts";
import { keepCanaryAlarm } from "#lib/upkeep/keep-canary-alarm.ts";
import { keepCatchingUp } from "#lib/upkeep/keep-catching-up.ts";
import { keepDatabaseTime } from "#lib/upkeep/keep-database-time.ts";
import { keepFiringSchedules } from "#lib/upkeep/keep-firing-schedules.ts";
import { keepPartitions } from "#lib/upkeep/keep-partitions.ts";
import { keepReleasingParked } from "#lib/upkeep/keep-releasing-parked.ts";
import { keepSignInCounts } from "#lib/upkeep/keep-sign-in-counts.ts";
import { makeHttpServer } from "#server/make-http-server.ts";
import { openWebServer } from "#server/open-web-server.ts";
import { stopOnSignals } from "#server/stop-on-signals.ts";

/**
 * The web process: pages and API by Next, webhooks by the fast door in front of it. NODE_ENV=development serves the
 * source with hot reload, production the build. Prints nothing but log lines; ends on SIGTERM and SIGINT after
 * draining.
 */
async function main(): Promise<void> {
  giveLifeSigns();
  const { port, host, production } = env();
  ownMigrations();
  declareFrontDoor();
  const httpServer = makeHttpServer();
  const pages = next({
    dev: !production,
    dir: process.cwd(),
    port,
    httpServer,
    ...(host === undefined ? {} : { hostname: host }),
  });
  await pages.prepare();
  const web = await openWebServer({ httpServer, port, host, pages: pages.getRequestHandler() });
  const upkeep = [
    keepDatabaseTime(),
    keepPartitions(),
    keepReleasingParked(),
    keepFiringSchedules(),
    keepCatchingUp(),
    keepActingOnRuns(),
    keepSignInCounts(),
    keepCanaryAlarm(),
  ];
  log().info({ port: web.port, production }, "web is serving");
  stopOnSignals(async () => {
    for (const care of upkeep) care.stop();
    await web.stop();
    await flushRecordsAndNews();
    await pages.close();
  });
}

await main();
