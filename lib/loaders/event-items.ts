import type { Actor } from "#lib/core/actor.ts";
import { countEventItems, listEventItems } from "#lib/db/event-items.ts";
import type { StoredRequest } from "#lib/db/requests.ts";
import type { RequestItemView } from "#lib/views/endpoint-views.ts";
import { maskValue } from "#lib/views/payload-mask.ts";

/** Items shown with an opened request. */
const ITEMS_SHOWN_MAX = 100;

/**
 * The items of a split event: how many, how many came before, the runs they started, and the first 100; null when it
 * was not split.
 */
export async function loadItems(
  actor: Actor,
  event: Pick<StoredRequest, "id" | "itemCount">,
): Promise<{ count: number; seen: number; runs: number; shown: RequestItemView[] } | null> {
  if (event.itemCount === null) return null;
  const [counts, shown] = await Promise.all([
    countEventItems(actor.workspaceId, event.id),
    listEventItems(actor.workspaceId, event.id, { limit: ITEMS_SHOWN_MAX }),
  ]);
  const masked = shown.map((item) => ({ ...item, deliveryId: maskValue(actor.role, item.deliveryId) }));
  return { count: event.itemCount, ...counts, shown: masked };
}
