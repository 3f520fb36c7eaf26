import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import { boundedKey } from "#lib/webhooks/dedupe-key.ts";
import { fieldsKey } from "#lib/webhooks/fields-key.ts";
import { cleanName, nameEvent } from "#lib/webhooks/name-event.ts";
import type { Provider, ValueSource } from "#lib/webhooks/provider-types.ts";
import { LIST_ITEMS_MAX } from "#lib/webhooks/read-value.ts";
import { type Batch, type BatchItem, type ListSpec, splitBatch } from "#lib/webhooks/split-batch.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** One item that gets a run of its own. */
export type SplitItem = {
  readonly index: number;
  /** Its exact JSON text; of a large body the bytes of it, in UTF-8. */
  readonly json: string | Uint8Array;
  readonly eventType: string | null;
  readonly deliveryId: string | null;
  /** By which it is recognised in any later batch; null when only the whole delivery can be. */
  readonly key: string | null;
  /** The key counts only this long; null = for as long as events are kept. */
  readonly windowSeconds: number | null;
};

/** What splitting does to one request; `check` says it in one sentence. */
export type SplitOutcome =
  | { readonly kind: "off" }
  /** Kept and run as one event: no list stands there, or it cannot be read. */
  | { readonly kind: "whole"; readonly check: RequestCheck }
  /** One run per item; an empty list runs nothing. */
  | { readonly kind: "items"; readonly items: readonly SplitItem[]; readonly check: RequestCheck };

const OFF: SplitOutcome = { kind: "off" };

/** The settings splitting looks at. */
export type SplitSettings = Pick<EndpointSettings, "split" | "eventType" | "dedupe">;

/**
 * How an endpoint's settings split one request into items; pure, costs nothing while splitting is off. `cut` finds the
 * items: another one is given for large bodies.
 */
export function splitOf(
  settings: SplitSettings,
  provider: Pick<Provider, "name" | "batch" | "eventType">,
  request: WebhookRequest,
  cut: (spec: ListSpec, request: WebhookRequest) => Batch = splitBatch,
): SplitOutcome {
  const { split } = settings;
  if (split.kind === "off") return OFF;
  const own = split.kind === "path";
  const spec = listSpecOf(settings, provider);
  if (spec === null) return whole("failed", `${provider.name} has no batches, so there is nothing to split`);
  const batch = cut(spec, request);
  const place = spec.path === "" ? "its body is not a list" : `there is no list at ${spec.path}`;
  switch (batch.kind) {
    case "unreadable":
      return whole("failed", "Its body cannot be read as JSON or as a form");
    case "too-long":
      return whole(
        "failed",
        `It holds ${count(batch.count)}, more than the ${LIST_ITEMS_MAX.toLocaleString("en")} that can be split`,
      );
    case "no-list":
      // Some senders send one event alone outside a list; a path of the owner's own is expected to be there.
      return own ? whole("failed", `Nothing to split: ${place}`) : whole("passed", `One event alone: ${place}`);
    case "items": {
      const fallbackType = own ? nameEvent(provider, request, settings.eventType) : null;
      const items = batch.items.map((item) => toItem(item, settings, fallbackType, request));
      const unknown = settings.dedupe.kind === "fields" ? items.filter(({ key }) => key === null).length : 0;
      const message =
        items.length === 0
          ? "An empty batch: nothing in it to run."
          : `A batch of ${count(items.length)}: each new one gets a run of its ` +
            `own.${unknown === 0 ? "" : ` ${count(unknown)} without any of the chosen fields counted as new.`}`;
      return { kind: "items", items, check: { id: "split", status: "passed", message } };
    }
  }
}

function whole(status: "passed" | "failed", why: string): SplitOutcome {
  return { kind: "whole", check: { id: "split", status, message: `${why}. Kept and run as one event.` } };
}

function count(items: number): string {
  return items === 1 ? "1 item" : `${items.toLocaleString("en")} items`;
}

/** Where the list stands under these settings and how its items are named; null when nothing is split. */
export function listSpecOf(settings: SplitSettings, provider: Pick<Provider, "batch">): ListSpec | null {
  const { split } = settings;
  if (split.kind === "path") return listSpec(settings, null, split.path);
  return split.kind === "off" || provider.batch === null ? null : listSpec(settings, provider.batch, "");
}

/** The owner's own places count before the preset's; body paths of both are looked up in the item. */
function listSpec(
  settings: Pick<EndpointSettings, "eventType" | "dedupe">,
  preset: ListSpec | null,
  path: string,
): ListSpec {
  const { eventType, dedupe } = settings;
  const ownType: ValueSource[] = eventType === null ? [] : [eventType];
  // A header or query parameter is the same for every item: it cannot tell them apart.
  const ownId: ValueSource[] = dedupe.kind === "source" && dedupe.source.from === "body" ? [dedupe.source] : [];
  return {
    path: preset?.path ?? path,
    eventType: [...ownType.filter((source) => source.from === "body"), ...(preset?.eventType ?? [])],
    id: [...ownId, ...(preset?.id ?? [])],
  };
}

function toItem(
  item: BatchItem,
  settings: Pick<EndpointSettings, "dedupe">,
  fallbackType: string | null,
  request: WebhookRequest,
): SplitItem {
  return {
    index: item.index,
    json: item.json,
    eventType: item.eventType ?? fallbackType,
    deliveryId: item.id === null ? null : cleanName(item.id),
    ...keyOf(item, settings, request),
  };
}

function keyOf(
  item: BatchItem,
  { dedupe }: Pick<EndpointSettings, "dedupe">,
  request: WebhookRequest,
): Pick<SplitItem, "key" | "windowSeconds"> {
  switch (dedupe.kind) {
    case "preset":
    case "source":
      return { key: item.id === null ? null : boundedKey(item.id), windowSeconds: null };
    case "fields": {
      const found = fieldsKey(dedupe.fields, request, item);
      return found.kind === "none" ? NO_KEY : { key: found.key, windowSeconds: dedupe.windowSeconds };
    }
    case "body":
    case "off":
      return NO_KEY;
  }
}

const NO_KEY = { key: null, windowSeconds: null };
