import { createHash } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemFolder } from "#lib/platform/embedded-postgres/postgres-binaries.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";
import { say } from "../say.ts";

/** The embedded PostgreSQL, started again on the same port whenever it dies. */
export type KeptPostgres = { readonly url: string; stop(): Promise<void> };

/** Starts the embedded PostgreSQL of this data folder and keeps it running until stopped. */
export async function keepPostgres(dataDir: string): Promise<KeptPostgres> {
  const folder = postgresFolder(dataDir);
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
    async stop() {
      stopping = true;
      await restarting;
      await server.stop();
    },
  };
}

/** As root the data lives where the user `postgres` can reach it; else in the data folder itself. */
export function postgresFolder(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const real = realpathSync(dataDir);
  if (process.getuid?.() !== 0) return path.join(real, "postgres");
  return path.join(systemFolder, createHash("sha256").update(real).digest("hex").slice(0, 16));
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
