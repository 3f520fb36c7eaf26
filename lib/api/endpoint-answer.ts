import { z } from "@hono/zod-openapi";
import { timeOrNullSchema, timeSchema, toTime, toTimeOrNull } from "#lib/api/fields.ts";
import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import type { Actor } from "#lib/core/actor.ts";
import { endpointSettingsSchema, parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { listEndpointSecrets } from "#lib/db/endpoint-secrets.ts";
import type { Endpoint } from "#lib/db/endpoints.ts";

const secretSchema = z.object({
  id: z.string(),
  label: z.string(),
  endsIn: z.string(),
  verifiedCount: z.number().int(),
  lastVerifiedAt: timeOrNullSchema,
  createdAt: timeSchema,
  retiredAt: timeOrNullSchema,
});

/** An endpoint as the API shows it. */
export const endpointSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    provider: z.string(),
    settings: endpointSettingsSchema,
    revision: z.number().int(),
    secrets: z.array(secretSchema),
    pausedAt: timeOrNullSchema,
    createdAt: timeSchema,
    updatedAt: timeSchema,
  })
  .openapi("Endpoint");

/** An endpoint with its secrets' endings. */
export async function toEndpoint(actor: Actor, endpoint: Endpoint): Promise<z.input<typeof endpointSchema>> {
  const secrets = await listEndpointSecrets(actor.workspaceId, endpoint.id);
  return {
    id: endpoint.id,
    name: endpoint.name,
    url: endpointUrl(endpoint.token),
    provider: endpoint.provider,
    settings: parseStoredSettings(endpoint.settings),
    revision: endpoint.revision,
    secrets: secrets.map((secret) => ({
      ...secret,
      lastVerifiedAt: toTimeOrNull(secret.lastVerifiedAt),
      createdAt: toTime(secret.createdAt),
      retiredAt: toTimeOrNull(secret.retiredAt),
    })),
    pausedAt: toTimeOrNull(endpoint.pausedAt),
    createdAt: toTime(endpoint.createdAt),
    updatedAt: toTime(endpoint.updatedAt),
  };
}
