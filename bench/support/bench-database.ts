import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createEndpoint } from "#lib/commands/endpoints/create-endpoint.ts";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { acceptPool } from "#lib/db/accept-pool.ts";
import { closeLive } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { startEmbeddedPostgres } from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";

/** A durable database of its own with one signed endpoint that one live flow listens to. */
export type Bench = {
  databaseUrl: string;
  /** For counting what the server does; Hookline itself never uses it. */
  superuserUrl: string;
  secretKey: string;
  token: string;
  signingSecret: string;
  /** Makes another endpoint with the same secret and these settings, listened to by the same flow; gives its token. */
  addEndpoint(settings: Partial<EndpointSettings>): Promise<string>;
  stop(): Promise<void>;
};

/**
 * Starts PostgreSQL in a temporary folder, with fsync on as in production, and puts one endpoint and one flow (as JSON
 * text) into it.
 */
export async function prepareBench(definition = "{}"): Promise<Bench> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hookline-bench-"));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ folder: path.join(folder, "postgres") });
  const secretKey = randomBytes(32).toString("base64");
  process.env.DATABASE_URL = server.url;
  process.env.HOOKLINE_SECRET_KEY = secretKey;
  process.env.HOOKLINE_LOG_LEVEL = "warn";
  await migrateDatabase(server.url);

  const workspaceId = newId() as WorkspaceId;
  const actor = { kind: "system", id: "bench", workspaceId, role: "owner" } as const;
  const signingSecret = randomBytes(24).toString("hex");
  await prisma().workspace.create({ data: { id: workspaceId, name: "Bench" } });
  const { id: endpointId, token } = await createEndpoint(actor, { provider: "github", secrets: [signingSecret] });
  const [flowId, versionId] = [newId(), newId()];
  await prisma().flow.create({
    data: { id: flowId, workspaceId, name: "Bench", draft: "{}", on: true, liveVersionId: versionId },
  });
  await prisma().flowVersion.create({
    data: { id: versionId, workspaceId, flowId, number: 1, definition, hash: "0".repeat(64) },
  });
  const listen = (to: string) =>
    prisma().flowTrigger.create({ data: { endpointId: to, flowId, versionId, workspaceId, eventTypes: [] } });
  await listen(endpointId);
  return {
    databaseUrl: server.url,
    superuserUrl: server.superuserUrl,
    secretKey,
    token,
    signingSecret,
    addEndpoint: async (settings) => {
      const made = await createEndpoint(actor, { provider: "github", secrets: [signingSecret], settings });
      await listen(made.id);
      return made.token;
    },
    stop: async () => {
      await closeLive();
      await prisma().$disconnect();
      await pool().end();
      await acceptPool().end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
