import { randomBytes } from "node:crypto";
import { z } from "zod";
import { insertSealedSecret, secretInputSchema } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { refuseBadSchema } from "#lib/commands/endpoints/refuse-bad-schema.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { endpointSettingsPatchSchema, endpointSettingsSchema } from "#lib/core/endpoint-settings.ts";
import { InvalidInputError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { type Endpoint, insertEndpoint, listEndpoints } from "#lib/db/endpoints.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { needsSecret } from "#lib/door/needs-secret.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";

/** Bytes of chance in an address: 192 bits, 32 characters. */
const TOKEN_BYTES = 24;
const ENDPOINTS_MAX = 1_000;

/** A new endpoint; everything may be left out. */
export const createEndpointSchema = z.strictObject({
  name: z.string().trim().min(1).max(120).optional(),
  provider: z.string().max(60).default("none"),
  /** Signing secrets, newest first. Given any, verification is required from the start. */
  secrets: z.array(secretInputSchema).max(5).default([]),
  settings: endpointSettingsPatchSchema.default({}),
});

/** Makes an endpoint with an address of its own that nobody can guess; it works at once. */
export async function createEndpoint(actor: Actor, input: unknown = {}): Promise<Endpoint> {
  authorize(actor, "endpoint.edit");
  const wanted = parseInput(createEndpointSchema, input);
  const provider = findProvider(wanted.provider);
  if (provider === null)
    throw new InvalidInputError([{ field: "provider", message: `There is no sender "${wanted.provider}".` }]);
  const protectedNow =
    wanted.secrets.length > 0 || (provider.id !== "none" && !needsSecret(provider, wanted.settings.scheme ?? null));
  const settings = endpointSettingsSchema.parse({
    verification: protectedNow ? "required" : "off",
    ...(provider.methods === undefined ? {} : { methods: provider.methods }),
    ...wanted.settings,
  });
  await refuseBadSchema(settings.schema);
  const known = await listEndpoints(actor.workspaceId);
  if (known.length >= ENDPOINTS_MAX)
    throw new InvalidInputError([{ field: "", message: `A workspace has at most ${ENDPOINTS_MAX} endpoints.` }]);

  const id = newId();
  const name =
    wanted.name ??
    proposeName(
      provider.id === "none" ? "Endpoint" : provider.name,
      known.map((endpoint) => endpoint.name),
    );
  const endpoint = await inTransaction(async (db) => {
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const made = await insertEndpoint(
      actor.workspaceId,
      { id, token, name, provider: provider.id, settings: JSON.stringify(settings) },
      db,
    );
    for (const secret of wanted.secrets.toReversed()) await insertSealedSecret(actor, id, { secret, label: "" }, db);
    await insertAuditEntry(actor, "endpoint.create", { kind: "endpoint", id }, { name, provider: provider.id }, db);
    return made;
  });
  announce(actor.workspaceId, "endpoints");
  return endpoint;
}

/** "Stripe", then "Stripe 2", "Stripe 3" … */
export function proposeName(base: string, taken: readonly string[]): string {
  const used = new Set(taken);
  if (!used.has(base)) return base;
  let number = 2;
  while (used.has(`${base} ${number}`)) number += 1;
  return `${base} ${number}`;
}
