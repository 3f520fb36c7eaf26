import { type ParsedBody, parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { mediaType } from "#lib/webhooks/headers.ts";
import { readMultipartFields } from "#lib/webhooks/multipart-fields.ts";
import { cleanName } from "#lib/webhooks/name-event.ts";
import type { ValueSource } from "#lib/webhooks/provider-types.ts";
import { LIST_ITEMS_MAX, readFirstItemValue } from "#lib/webhooks/read-value.ts";
import { sliceJsonList } from "#lib/webhooks/slice-json-list.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** One item of a batch, named like an event of its own. `json` is its exact text where the list is JSON. */
export type BatchItem = {
  readonly index: number;
  readonly json: string;
  readonly eventType: string | null;
  /** The sender's own id of the item, whole. */
  readonly id: string | null;
};

/** What a request holds where a list is expected. */
export type Batch =
  | { readonly kind: "items"; readonly items: readonly BatchItem[] }
  | { readonly kind: "unreadable" }
  | { readonly kind: "no-list" }
  | { readonly kind: "too-long"; readonly count: number };

/** Where a list stands and how its items are named; body paths are relative to the item. */
export type ListSpec = { readonly path: string; readonly eventType: readonly ValueSource[]; readonly id: readonly ValueSource[] };

/** The items of the list a request holds at a path, in their order; never throws. */
export function splitBatch(spec: ListSpec, request: WebhookRequest): Batch {
  const parsed = parseBody(request);
  if (parsed.kind === "unreadable") return parsed;
  const list = valueAt(parsed.value, spec.path);
  if (!Array.isArray(list)) return { kind: "no-list" };
  if (list.length > LIST_ITEMS_MAX) return { kind: "too-long", count: list.length };
  const texts = exactTexts(parsed.kind, request, spec.path);
  const exact = texts?.length === list.length ? texts : null;
  const items = (list as unknown[]).map((parsedItem, index) => {
    const json = exact?.[index] ?? JSON.stringify(parsedItem);
    const item = exact === null ? parsedItem : withExactNumbers(json, parsedItem);
    const eventType = readFirstItemValue(spec.eventType, request, item);
    return { index, json, eventType: eventType === null ? null : cleanName(eventType), id: readFirstItemValue(spec.id, request, item) };
  });
  return { kind: "items", items };
}

function exactTexts(kind: Exclude<ParsedBody["kind"], "unreadable">, request: WebhookRequest, path: string): string[] | null {
  if (kind === "json") return sliceJsonList(new TextDecoder().decode(request.body), path);
  const [field = "", ...rest] = path.split(".");
  const text = fieldText(request, field);
  try {
    // Parsed first: the slicer takes valid JSON only.
    JSON.parse(text ?? "");
  } catch {
    return null;
  }
  return text === null ? null : sliceJsonList(text, rest.join("."));
}

function fieldText(request: WebhookRequest, name: string): string | null {
  const fields =
    mediaType(request.headers) === "multipart/form-data"
      ? (readMultipartFields(request.headers, request.body) ?? [])
      : new URLSearchParams(new TextDecoder().decode(request.body));
  for (const [field, value] of fields) if (field === name) return value;
  return null;
}

/** The item with integers beyond 2^53 as their digits: rounded, two ids could be one, and an item would pass for a duplicate. */
function withExactNumbers(json: string, parsed: unknown): unknown {
  if (!/\d{16}/.test(json)) return parsed;
  return JSON.parse(json, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) ? (context?.source ?? value) : value,
  );
}
