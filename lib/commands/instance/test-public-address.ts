import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import { probePublicAddress } from "#lib/effects/probe-public-address.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { findEgressRules } from "#lib/running/effect-ports.ts";
import type { ReachReport } from "#lib/views/reach-views.ts";

/**
 * Calls the instance's own public address, never another, and says how far a sender gets as far as this machine can
 * know. A test that is under way is shared by all who ask meanwhile.
 */
export async function testPublicAddress(actor: Actor, now: Date = databaseNow()): Promise<ReachReport> {
  authorize(actor, "sample.edit");
  await followPublicAddress();
  const address = publicUrl();
  const rules = await findEgressRules(actor.workspaceId);
  const running = singleton("reach-tests", () => new Map<string, Promise<ReachReport>>());
  const key = `${actor.workspaceId} ${address}`;
  const known = running.get(key);
  if (known !== undefined) return known;
  const report = probePublicAddress(address, { rules, now })
    .then((steps) => ({ address, at: now.toISOString(), steps }))
    .finally(() => running.delete(key));
  running.set(key, report);
  return report;
}
