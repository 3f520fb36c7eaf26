import type { Actor } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { type Endpoint, findEndpoint } from "#lib/db/endpoints.ts";
import { announce } from "#lib/db/live.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { forgetReceiver } from "#lib/reception/load-receiver.ts";

/** An endpoint of the actor's workspace that is not deleted; throws NotFoundError. */
export async function getLiveEndpoint(actor: Actor, id: string, db: Db = prisma()): Promise<Endpoint> {
  const endpoint = isUuid(id) ? await findEndpoint(actor.workspaceId, id, db) : null;
  if (endpoint === null || endpoint.deletedAt !== null) throw new NotFoundError("endpoint");
  return endpoint;
}

/** Tells every process that an endpoint changed: doors read it again, pages show it. Call after the commit. */
export function changedEndpoint(actor: Actor, endpointId: string): void {
  forgetReceiver(endpointId);
  announce(actor.workspaceId, `settings:${endpointId}`);
  announce(actor.workspaceId, `endpoint:${endpointId}`);
  announce(actor.workspaceId, "endpoints");
}
