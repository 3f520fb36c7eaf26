import { z } from "zod";
import { connectionInputSchema, readConnectionInput } from "#lib/commands/connections/read-connection-input.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { findOpenConnection, setConnectionTest } from "#lib/db/connections.ts";
import { type ConnectionTrial, tryConnection } from "#lib/effects/try-connection.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { findEgressRules } from "#lib/running/effect-ports.ts";

/**
 * What to test: the connection as it is in the form, saved or not. `url`: for HTTP credentials, an address to call with
 * GET.
 */
export const testConnectionSchema = z.strictObject({
  id: z.string().nullable().default(null),
  url: z.string().max(8_192).default(""),
  connection: connectionInputSchema,
});

/**
 * Tries a connection without sending anything to anybody: signs in to the mail server, or calls the given URL with GET.
 * The answer says in plain words what is wrong and what to do.
 */
export async function testConnection(
  actor: Actor,
  input: unknown,
  now: Date = databaseNow(),
): Promise<ConnectionTrial> {
  authorize(actor, "connection.edit");
  const { id, url, connection } = parseInput(testConnectionSchema, input);
  const stored = id === null ? null : isUuid(id) ? await findOpenConnection(actor.workspaceId, id) : null;
  if (id !== null && stored === null) throw new NotFoundError("connection");
  const { name, kind, config, secrets } = readConnectionInput(connection, stored);
  const trial = await tryConnection(
    { id: id ?? "new", kind: kind.id, name, version: 1, config, secrets },
    { url, rules: await findEgressRules(actor.workspaceId), publicHost: new URL(publicUrl()).hostname },
  );
  const isAsSaved =
    stored !== null && JSON.stringify([stored.config, stored.secrets]) === JSON.stringify([config, secrets]);
  if (id !== null && isAsSaved)
    await setConnectionTest(actor.workspaceId, id, { at: now, ok: trial.ok, message: trial.message });
  return trial;
}
