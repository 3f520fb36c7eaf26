import type { Actor } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { MINUTE } from "#lib/core/units.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import {
  listEndpointSecrets,
  listRotatingEndpoints,
  type RotatingEndpoint,
  retireEndpointSecret,
} from "#lib/db/endpoint-secrets.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { retirementOf } from "#lib/door/secret-retirement.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { log } from "#lib/platform/log.ts";

/**
 * Retires every secret whose time has come at `now` and writes each down in the audit log; returns how many there were.
 */
export async function retireUnusedSecrets(now: Date): Promise<number> {
  let retired = 0;
  for (const endpoint of await listRotatingEndpoints()) {
    try {
      retired += await retireIn(endpoint, now);
    } catch (error) {
      // One endpoint that cannot be read must not keep the others' secrets alive.
      log({ endpointId: endpoint.id }).warn({ error }, "an endpoint's unused secrets could not be looked at");
    }
  }
  return retired;
}

async function retireIn(endpoint: RotatingEndpoint, now: Date): Promise<number> {
  const { retireSecretsAfterHours: hours, verification } = parseStoredSettings(endpoint.settings);
  if (hours === null || verification !== "required") return 0;
  const retired = await retireUnder(endpoint, hours, now);
  if (retired > 0) {
    announce(endpoint.workspaceId, `settings:${endpoint.id}`);
    announce(endpoint.workspaceId, `endpoint:${endpoint.id}`);
  }
  return retired;
}

/** Looked at again under the lock that adding a secret takes: another process may have been faster. */
function retireUnder({ id: endpointId, workspaceId }: RotatingEndpoint, hours: number, now: Date): Promise<number> {
  return inTransaction(async (db) => {
    await lockInTransaction(`endpoint-secrets ${endpointId}`, db);
    const active = (await listEndpointSecrets(workspaceId, endpointId, db)).filter(
      ({ retiredAt }) => retiredAt === null,
    );
    let count = 0;
    for (const secret of active) {
      const retirement = retirementOf(secret, active, hours);
      if (retirement.kind !== "due" || retirement.at > now) continue;
      if (!(await retireEndpointSecret(workspaceId, endpointId, secret.id, now, db))) continue;
      const actor: Actor = { kind: "system", id: "secret rotation", workspaceId, role: "admin" };
      const detail = { secretId: secret.id, label: secret.label, endsIn: secret.endsIn, unusedHours: hours };
      await insertAuditEntry(actor, "endpoint.secret.retire", { kind: "endpoint", id: endpointId }, detail, db);
      count += 1;
    }
    return count;
  });
}

/** Retires unused secrets now and every five minutes until stopped; several processes may do so at once. */
export function keepRetiringSecrets(): Upkeep {
  const turn = async () => {
    const retired = await retireUnusedSecrets(databaseNow());
    if (retired > 0) log().info({ retired }, "retired signing secrets that were no longer used");
  };
  return keepDoing(turn, 5 * MINUTE, "unused signing secrets could not be looked at");
}
