import type { Actor } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { isUuid } from "#lib/core/ids.ts";
import { DAY } from "#lib/core/units.ts";
import { findAnswerTimes } from "#lib/db/answer-times.ts";
import { listEndpointSecrets } from "#lib/db/endpoint-secrets.ts";
import { type Endpoint, findEndpoint } from "#lib/db/endpoints.ts";
import { countParkedEvents } from "#lib/db/parked-events.ts";
import { listRefusedSignatures } from "#lib/db/refused-signatures.ts";
import type { SecretUse } from "#lib/door/secret-retirement.ts";
import { findTests } from "#lib/loaders/find-tests.ts";
import type { EndpointView } from "#lib/views/endpoint-views.ts";
import type { EndpointPulse } from "#lib/views/pulse-views.ts";

/** What changes with every request to an endpoint; null when the workspace has none with this id or it is deleted. */
export async function loadEndpointPulse(actor: Actor, endpointId: string): Promise<EndpointPulse | null> {
  const endpoint = isUuid(endpointId) ? await findEndpoint(actor.workspaceId, endpointId) : null;
  if (endpoint === null || endpoint.deletedAt !== null) return null;
  const secrets = await listEndpointSecrets(actor.workspaceId, endpointId);
  return readPulse(
    actor,
    endpoint,
    secrets.filter(({ retiredAt }) => retiredAt === null),
  );
}

/** The same for an endpoint at hand, with its active secrets, newest first. */
export async function readPulse(
  actor: Actor,
  endpoint: Endpoint,
  active: readonly SecretUse[],
): Promise<EndpointPulse> {
  const required = parseStoredSettings(endpoint.settings).verification === "required";
  const [verifiedSince, answerTimes, parked] = await Promise.all([
    required ? readVerifiedSince(actor, endpoint.id, active) : null,
    findAnswerTimes(actor.workspaceId, endpoint.id),
    endpoint.pausedAt === null ? 0 : countParkedEvents(actor.workspaceId, endpoint.id),
  ]);
  return { verifiedSince, answerTimes, parked };
}

/**
 * Refusals count for a week after a secret was added and for a day each: later ones are other people's tries. Tests
 * never do.
 */
async function readVerifiedSince(
  actor: Actor,
  endpointId: string,
  active: readonly SecretUse[],
): Promise<EndpointView["verifiedSince"]> {
  const [newest, oldest] = [active[0], active.at(-1)];
  if (newest === undefined || oldest === undefined) return null;
  const now = databaseNow().getTime();
  const verified = active.reduce((sum, { verifiedCount }) => sum + verifiedCount, 0);
  const view = { since: oldest.createdAt.toISOString(), verified, refusedLately: null };
  if (now - newest.createdAt.getTime() > 7 * DAY) return view;
  const since = new Date(Math.max(newest.createdAt.getTime(), now - DAY));
  const refused = await listRefusedSignatures(actor.workspaceId, endpointId, since);
  const tests = await findTests(actor.workspaceId, endpointId, refused);
  const genuine = refused.filter((id) => !tests.has(id));
  const newestId = genuine[0];
  return newestId === undefined ? view : { ...view, refusedLately: { count: genuine.length, newestId } };
}
