import { depthMax } from "#lib/bodies/limits.ts";
import type { BodyOutline } from "#lib/bodies/outline-body.ts";
import { outlineJson } from "#lib/bodies/outline-json.ts";
import type { WantedPlaces } from "#lib/bodies/wanted-places.ts";
import { valueAt } from "#lib/webhooks/body-fields.ts";
import { LIST_ITEMS_MAX } from "#lib/webhooks/read-value.ts";
import { type Batch, type BatchItem, type ListSpec, nameItem } from "#lib/webhooks/split-batch.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * What `splitBatch` says, of a body of any size: the items are cut out of its bytes and only `wanted` places of them
 * are read. The outline must have been made with the ranges of `spec.path`.
 */
export function splitLargeBatch(
  spec: ListSpec,
  request: WebhookRequest,
  outline: BodyOutline,
  wanted: WantedPlaces,
): Batch {
  const { parsed, text, ranges } = outline;
  if (parsed.kind === "unreadable") return parsed;
  const list = valueAt(parsed.value, spec.path);
  if (!Array.isArray(list)) return { kind: "no-list" };
  if (list.length > LIST_ITEMS_MAX) return { kind: "too-long", count: list.length };
  const items: BatchItem[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const [from, to] = [ranges[2 * index] ?? 0, ranges[2 * index + 1] ?? 0];
    const value = outlineJson(text, wanted, depthMax, from, to)?.value ?? null;
    items.push(nameItem(spec, request, index, text.subarray(from, to), value));
  }
  return { kind: "items", items };
}
