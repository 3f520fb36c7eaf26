import { afterAll, beforeAll } from "vitest";
import { createEndpoint } from "#lib/commands/endpoints/create-endpoint.ts";
import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { makeHttpServer } from "#server/make-http-server.ts";
import { openWebServer, type WebServer } from "#server/open-web-server.ts";

/** A door that listens on loopback: the fast door in front of pages that are not there. */
export type OpenDoor = { readonly url: string; readonly port: number };

/**
 * Opens the fast door for all tests of the file; needs `useTestDatabase()` before it. Read inside tests and hooks only.
 */
export function useFastDoor(): OpenDoor {
  let web: WebServer | null = null;
  beforeAll(async () => {
    web = await openWebServer({
      httpServer: makeHttpServer(),
      port: 0,
      host: "127.0.0.1",
      pages: async (_request, response) => {
        response.writeHead(404, { "content-length": 0 }).end();
      },
    });
  });
  afterAll(async () => {
    await flushRecords();
    await web?.stop();
  });
  return {
    get url() {
      return `http://127.0.0.1:${web?.port ?? 0}`;
    },
    get port() {
      return web?.port ?? 0;
    },
  };
}

/** A workspace with its owner, made without the sign-in. */
export async function makeWorkspace(name = "Acme"): Promise<Actor> {
  const workspaceId = newId() as WorkspaceId;
  const userId = newId();
  await prisma().workspace.create({ data: { id: workspaceId, name } });
  await prisma().user.create({ data: { id: userId, email: `${userId}@example.com` } });
  await prisma().member.create({ data: { workspaceId, userId, role: "owner" } });
  return { kind: "user", id: userId, workspaceId, role: "owner" };
}

/** An endpoint and its path on every door. */
export async function makeEndpoint(
  actor: Actor,
  input: object = {},
): Promise<{ id: string; token: string; path: string; url: string }> {
  const { id, token } = await createEndpoint(actor, input);
  return { id, token, path: `/in/${token}`, url: endpointUrl(token) };
}

/** A flow with one published version that listens to an endpoint, written as publishing writes it. */
export async function makeLiveFlow(
  actor: Actor,
  endpointId: string,
  eventTypes: string[] = [],
): Promise<{ flowId: string; versionId: string }> {
  const { workspaceId } = actor;
  const [flowId, versionId] = [newId(), newId()];
  const definition = JSON.stringify({ trigger: { endpoint: endpointId, eventTypes }, steps: [] });
  await prisma().flow.create({
    data: { id: flowId, workspaceId, name: "Flow", draft: definition, on: true, liveVersionId: versionId },
  });
  await prisma().flowVersion.create({
    data: { id: versionId, workspaceId, flowId, number: 1, definition, hash: "0".repeat(64) },
  });
  await prisma().flowTrigger.create({ data: { endpointId, flowId, versionId, workspaceId, eventTypes } });
  return { flowId, versionId };
}

/** Jobs of the queue for a run, as JSON payloads. */
export async function listJobPayloads(): Promise<Array<{ runId: string }>> {
  const rows = await prisma().$queryRaw<Array<{ payload: { runId: string } }>>`
    SELECT payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    WHERE t.identifier = 'run'`;
  return rows.map((row) => row.payload);
}
