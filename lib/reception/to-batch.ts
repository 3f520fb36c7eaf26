import { newId } from "#lib/core/ids.ts";
import { SECOND } from "#lib/core/units.ts";
import type { NewBatch, NewItem } from "#lib/db/accept-batches.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import type { SplitItem } from "#lib/door/split-event.ts";

/**
 * An event with the items it is split into, each with the key by which it is recognised for as long as events are kept.
 */
export function toBatch(event: NewEvent, items: readonly SplitItem[]): NewBatch {
  const madeAt = new Date(Number.parseInt(event.id.slice(0, 13).replace("-", ""), 16));
  return { ...event, items: items.map((item) => toItem(event, item, madeAt)) };
}

function toItem(event: NewEvent, item: SplitItem, madeAt: Date): NewItem {
  const { index, eventType, deliveryId } = item;
  const json = typeof item.json === "string" ? Buffer.from(item.json) : item.json;
  return { index, eventType, deliveryId, json, dataId: newId(madeAt), ...keyOf(event, item) };
}

/**
 * An item without an id is known by its delivery and its place in it; both forms are marked, so that neither passes for
 * the other.
 */
function keyOf(
  event: NewEvent,
  { key, index, windowSeconds }: SplitItem,
): Pick<NewItem, "dedupeKey" | "earlierKey" | "windowStart"> {
  if (key === null) return { dedupeKey: `place:${index}:${event.dedupeKey}`, earlierKey: null, windowStart: null };
  if (windowSeconds === null) return { dedupeKey: `id:${key}`, earlierKey: null, windowStart: null };
  const window = Math.floor(event.receivedAt.getTime() / SECOND / windowSeconds);
  return {
    dedupeKey: `id:${windowSeconds}:${window}:${key}`,
    earlierKey: `id:${windowSeconds}:${window - 1}:${key}`,
    windowStart: new Date(event.receivedAt.getTime() - windowSeconds * SECOND),
  };
}
