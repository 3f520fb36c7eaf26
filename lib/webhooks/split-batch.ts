import { parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { boundedKey } from "#lib/webhooks/dedupe-key.ts";
import type { BatchSpec } from "#lib/webhooks/provider-types.ts";
import { LIST_ITEMS_MAX, NAME_CHARACTERS_MAX, readFirstItemValue } from "#lib/webhooks/read-value.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** One item of a batch, named like an event of its own. */
export type BatchItem = {
  readonly index: number;
  readonly value: unknown;
  readonly eventType: string | null;
  readonly deliveryKey: string | null;
};

/** The items of a batch in their order; null when the request holds no list there. `own` is the owner's path instead of the preset's. */
export function splitBatch(spec: BatchSpec | null, request: WebhookRequest, own?: string): readonly BatchItem[] | null {
  const path = own ?? spec?.path;
  const parsed = parseBody(request);
  if (path === undefined || parsed.kind === "unreadable") return null;
  const list = valueAt(parsed.value, path);
  if (!Array.isArray(list) || list.length === 0 || list.length > LIST_ITEMS_MAX) return null;
  return (list as unknown[]).map((value, index) => {
    const id = spec ? readFirstItemValue(spec.id, request, value) : null;
    const eventType = spec ? readFirstItemValue(spec.eventType, request, value) : null;
    return {
      index,
      value,
      eventType: eventType === null ? null : eventType.slice(0, NAME_CHARACTERS_MAX),
      deliveryKey: id === null ? null : boundedKey(id),
    };
  });
}
