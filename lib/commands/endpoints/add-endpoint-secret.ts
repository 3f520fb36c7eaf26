import { z } from "zod";
import { changedEndpoint, getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { ConflictError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { insertEndpointSecret, listSealedSecrets } from "#lib/db/endpoint-secrets.ts";
import { changeEndpoint } from "#lib/db/endpoints.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import type { Db } from "#lib/db/prisma.ts";
import { seal } from "#lib/platform/seal.ts";
import { secretPlace } from "#lib/reception/load-receiver.ts";

/** Active secrets an endpoint has at most: rotation needs two, mistakes are allowed a few. */
const ACTIVE_SECRETS_MAX = 5;

/** The text of a signing secret as a person pastes it: surrounding space is the clipboard's, never the secret's. */
export const secretInputSchema = z
  .string()
  .trim()
  .min(1, "Paste the secret.")
  .max(20_000, "That is too long for a secret.");

const addSecretSchema = z.strictObject({
  secret: secretInputSchema,
  label: z.string().trim().max(80).default(""),
});

/**
 * Adds a signing secret to an endpoint and turns verification on; the secrets it had stay valid until they are retired.
 */
export async function addEndpointSecret(
  actor: Actor,
  endpointId: string,
  input: unknown,
): Promise<{ id: string; endsIn: string }> {
  authorize(actor, "endpoint.edit");
  const wanted = parseInput(addSecretSchema, input);
  const added = await inTransaction(async (db) => {
    await lockInTransaction(`endpoint-secrets ${endpointId}`, db);
    const endpoint = await getLiveEndpoint(actor, endpointId, db);
    const active = await listSealedSecrets(actor.workspaceId, endpointId, db);
    if (active.length >= ACTIVE_SECRETS_MAX)
      throw new ConflictError(
        "too-many-secrets",
        `An endpoint has at most ${ACTIVE_SECRETS_MAX} active secrets; retire one first.`,
      );
    const secret = await insertSealedSecret(actor, endpointId, wanted, db);
    const settings = { ...parseStoredSettings(endpoint.settings), verification: "required" };
    await changeEndpoint(actor.workspaceId, endpointId, { settings: JSON.stringify(settings) }, {}, db);
    await insertAuditEntry(
      actor,
      "endpoint.secret.add",
      { kind: "endpoint", id: endpointId },
      { secretId: secret.id, label: wanted.label, endsIn: secret.endsIn },
      db,
    );
    return secret;
  });
  changedEndpoint(actor, endpointId);
  return added;
}

/** Seals and stores one secret inside an open transaction. */
export async function insertSealedSecret(
  actor: Actor,
  endpointId: string,
  { secret, label }: { secret: string; label: string },
  db: Db,
): Promise<{ id: string; endsIn: string }> {
  const id = newId();
  // Four characters tell secrets apart; of a short one they would give too much away.
  const endsIn = secret.length >= 12 ? secret.slice(-4) : "";
  await insertEndpointSecret(
    actor.workspaceId,
    endpointId,
    { id, label, sealed: seal(secretPlace(id), secret), endsIn },
    db,
  );
  return { id, endsIn };
}
