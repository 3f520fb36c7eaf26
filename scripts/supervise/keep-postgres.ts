import { setTimeout as sleep } from "node:timers/promises";
import { findFolder, type Installation } from "#lib/platform/embedded-postgres/find-folder.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";
import { say } from "../say.ts";

/** The embedded PostgreSQL, started again on the same port whenever it dies. */
export type KeptPostgres = { readonly url: string; readonly folder: string; stop(): Promise<void> };

/**
 * Starts the embedded PostgreSQL of this installation and keeps it running until stopped; throws as findFolder does.
 */
export async function keepPostgres(installation: Installation): Promise<KeptPostgres> {
  const { folder, say: moved } = findFolder(installation);
  if (moved !== null) say(moved);
  let server = await startEmbeddedPostgres({ folder });
  if (server.adopted) say(`took over the PostgreSQL already running on our data (port ${server.port})`);
  let stopping = false;
  let restarting: Promise<void> = Promise.resolve();

  const watch = () =>
    void server.ended.then(() => {
      if (stopping) return;
      say("PostgreSQL ended; starting it again");
      restarting = startAgain(folder, server.port, () => stopping).then((next) => {
        if (next === null) return;
        server = next;
        watch();
      });
    });
  watch();

  return {
    url: server.url,
    folder,
    async stop() {
      stopping = true;
      await restarting;
      await server.stop();
    },
  };
}

async function startAgain(folder: string, port: number, stopping: () => boolean): Promise<EmbeddedPostgres | null> {
  for (let waitMs = 100; !stopping(); waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      return await startEmbeddedPostgres({ folder, port });
    } catch (error) {
      say(`PostgreSQL did not come back: ${(error as Error).message}`);
      await sleep(waitMs);
    }
  }
  return null;
}
