import { z } from "zod";
import { changedEndpoint, getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { refuseBadSchema } from "#lib/commands/endpoints/refuse-bad-schema.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import {
  type EndpointSettings,
  endpointSettingsPatchSchema,
  endpointSettingsSchema,
  parseStoredSettings,
} from "#lib/core/endpoint-settings.ts";
import { ConflictError, InvalidInputError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeEndpoint, type Endpoint } from "#lib/db/endpoints.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { findScheme } from "#lib/webhooks/verify.ts";

/** What of an endpoint can be changed; what is left out stays. */
export const updateEndpointSchema = z.strictObject({
  name: z.string().trim().min(1).max(120).optional(),
  provider: z.string().max(60).optional(),
  settings: endpointSettingsPatchSchema.default({}),
  /** The revision the change was made on; a newer one is a conflict. */
  revision: z.number().int().optional(),
});

/** Changes an endpoint's name, provider or settings; takes effect on both doors within two seconds at the latest. */
export async function updateEndpoint(actor: Actor, endpointId: string, input: unknown): Promise<Endpoint> {
  authorize(actor, "endpoint.edit");
  const { name, provider, settings: patch, revision } = parseInput(updateEndpointSchema, input);
  await refuseBadSchema(patch.schema);
  const changed = await inTransaction(async (db) => {
    const before = await getLiveEndpoint(actor, endpointId, db);
    const stored = parseStoredSettings(before.settings);
    const settings = endpointSettingsSchema.parse({
      ...stored,
      ...(provider !== undefined && provider !== before.provider
        ? { scheme: null, methods: [...new Set([...stored.methods, ...(findProvider(provider)?.methods ?? [])])] }
        : {}),
      ...patch,
    });
    checkProvider(provider ?? before.provider, settings);
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(provider === undefined ? {} : { provider }),
      settings: JSON.stringify(settings),
    };
    const after = await changeEndpoint(
      actor.workspaceId,
      endpointId,
      change,
      { revision: revision ?? before.revision },
      db,
    );
    if (after === null)
      throw new ConflictError("endpoint-changed", "Somebody else changed this endpoint in the meantime.");
    await insertAuditEntry(
      actor,
      "endpoint.update",
      { kind: "endpoint", id: endpointId },
      { name: after.name, provider: after.provider, changed: Object.keys(patch) },
      db,
    );
    return after;
  });
  changedEndpoint(actor, endpointId);
  return changed;
}

/** Throws InvalidInputError unless there is such a sender and it has the chosen scheme. */
export function checkProvider(id: string, settings: EndpointSettings): void {
  const provider = findProvider(id);
  if (provider === null) throw new InvalidInputError([{ field: "provider", message: `There is no sender "${id}".` }]);
  if (settings.scheme !== null && findScheme(provider, settings.scheme) === null) {
    throw new InvalidInputError([
      { field: "settings.scheme", message: `${provider.name} has no scheme "${settings.scheme}".` },
    ]);
  }
  if (settings.split.kind === "preset" && provider.batch === null) {
    throw new InvalidInputError([
      {
        field: "settings.split",
        message: `${provider.name} sends no lists that are known here: say where yours is.`,
      },
    ]);
  }
  if (settings.verification === "required" && provider.id === "none") {
    throw new InvalidInputError([{ field: "provider", message: "Choose who sends before requiring signatures." }]);
  }
}
