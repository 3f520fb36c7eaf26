import { requireActor } from "#lib/auth/require-actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { MINUTE } from "#lib/core/units.ts";
import { listRecentBulkActs, listRefusedReasons } from "#lib/db/bulk-acts.ts";
import type { BulkActView } from "#lib/views/bulk-views.ts";

/** How long an act that ended is still shown. */
const SHOWN_MS = 15 * MINUTE;

/** The acts on many runs of the workspace that are under way, paused or ended just now, newest first. */
export async function loadBulkActs(): Promise<BulkActView[]> {
  return viewBulkActs((await requireActor()).workspaceId);
}

/** The same for a workspace that was proven. */
export async function viewBulkActs(workspaceId: WorkspaceId): Promise<BulkActView[]> {
  const acts = await listRecentBulkActs(workspaceId, new Date(databaseNow().getTime() - SHOWN_MS));
  return Promise.all(
    acts.map(async ({ id, kind, state, stopReason, version, perSecond, total, done, refused }) => ({
      ...{ id, kind, state, stopReason, version, perSecond, total, done, refused },
      reasons: refused === 0 ? [] : await listRefusedReasons(workspaceId, id),
    })),
  );
}
