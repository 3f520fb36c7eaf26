import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { withClient } from "#lib/db/with-client.ts";
import { OWNER_ROLE } from "#lib/platform/embedded-postgres/owner-role.ts";
import { readPostmasterFile } from "#lib/platform/embedded-postgres/postmaster-file.ts";
import { startEmbeddedPostgres } from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";
import { isAlive } from "#lib/platform/file-lock.ts";
import { ensureTemplate } from "./template-database.ts";

declare module "vitest" {
  interface ProvidedContext {
    clusterUrl: string;
    templateName: string;
  }
}

const PREFIX = "hookline-test-";

/** One PostgreSQL per test run, in a temporary folder; HOOKLINE_TEST_CLUSTER names a running one to use instead. */
export default async function setUpCluster(project: TestProject): Promise<() => Promise<void>> {
  removeLeftovers();
  const shared = process.env.HOOKLINE_TEST_CLUSTER;
  const own = shared === undefined || shared === "" ? await startOwn() : null;
  const clusterUrl = own?.url ?? shared ?? "";
  project.provide("clusterUrl", clusterUrl);
  project.provide("templateName", await ensureTemplate(clusterUrl, new Date()));
  // Every project of the run shares the first one's cluster.
  process.env.HOOKLINE_TEST_CLUSTER = clusterUrl;
  return async () => {
    if (own === null) return;
    delete process.env.HOOKLINE_TEST_CLUSTER;
    await own.stop();
  };
}

async function startOwn() {
  const folder = mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({
    folder: path.join(folder, "postgres"),
    durable: false,
    maxConnections: 400,
  });
  // Tests make databases of their own; in everything else their role is what it is in a real installation.
  await withClient(server.superuserUrl, (client) => client.query(`ALTER ROLE ${OWNER_ROLE} CREATEDB`));
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A killed test run leaves its server behind; the next run stops it and removes its folder. */
function removeLeftovers(): void {
  for (const name of readdirSync(os.tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const folder = path.join(os.tmpdir(), name);
    const server = readPostmasterFile(path.join(folder, "postgres", "data"));
    try {
      if (server !== null) process.kill(server.pid, "SIGQUIT");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // Another user's run: not ours to remove.
    }
  }
}
