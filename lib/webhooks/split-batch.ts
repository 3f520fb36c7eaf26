import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { listFields } from "#lib/bodies/list-fields.ts";
import { jsonTextOf } from "#lib/bodies/read-fields.ts";
import { sliceList } from "#lib/bodies/slice-list.ts";
import { joinPath, pathParts } from "#lib/core/body-path.ts";
import { type ParsedBody, parseExactBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import { cleanName } from "#lib/webhooks/name-event.ts";
import type { ValueSource } from "#lib/webhooks/provider-types.ts";
import { LIST_ITEMS_MAX, readFirstItemValue } from "#lib/webhooks/read-value.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** One item of a batch, named like an event of its own. */
export type BatchItem = {
  readonly index: number;
  /** Its exact JSON text; of a large body the bytes of it, in UTF-8. */
  readonly json: string | Uint8Array;
  /** As much of it as is read: all, or the wanted places of a large one. */
  readonly value: unknown;
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
export type ListSpec = {
  readonly path: string;
  readonly eventType: readonly ValueSource[];
  readonly id: readonly ValueSource[];
};

/** The items of the list a request holds at a path, in their order; JSON lines are a list too, at "". Never throws. */
export function splitBatch(spec: ListSpec, request: WebhookRequest): Batch {
  const parsed = parseExactBody(request);
  if (parsed.kind === "unreadable") return spec.path === "" ? splitLines(spec, request) : parsed;
  const list = valueAt(parsed.value, spec.path);
  if (!Array.isArray(list)) return { kind: "no-list" };
  if (list.length > LIST_ITEMS_MAX) return { kind: "too-long", count: list.length };
  const texts = exactTexts(parsed.kind, request, spec.path);
  const exact = texts?.length === list.length ? texts : null;
  const items = (list as unknown[]).map((item, index) => nameItem(spec, request, index, exact?.[index] ?? null, item));
  return { kind: "items", items };
}

/**
 * A JSON value on each line, which is a list where its owner says so (Auth0's default); anything else, a single line
 * among it, is none.
 */
function splitLines(spec: ListSpec, request: WebhookRequest): Batch {
  const json = jsonTextOf(headerValue(request.headers, "content-type"), request.body, true);
  const texts = json === null ? null : sliceList(json, "");
  if (texts === null || texts.length < 2) return { kind: "unreadable" };
  if (texts.length > LIST_ITEMS_MAX) return { kind: "too-long", count: texts.length };
  return {
    kind: "items",
    items: texts.map((text, index) => nameItem(spec, request, index, text, parseExactJson(text))),
  };
}

/** An item with its names; `json` is its exact text, or null where only its value is known. */
export function nameItem(
  spec: ListSpec,
  request: WebhookRequest,
  index: number,
  json: string | Uint8Array | null,
  value: unknown,
): BatchItem {
  const eventType = readFirstItemValue(spec.eventType, request, value);
  return {
    index,
    json: json ?? JSON.stringify(value),
    value,
    eventType: eventType === null ? null : cleanName(eventType),
    id: readFirstItemValue(spec.id, request, value),
  };
}

function exactTexts(
  kind: Exclude<ParsedBody["kind"], "unreadable">,
  request: WebhookRequest,
  path: string,
): string[] | null {
  const contentType = headerValue(request.headers, "content-type");
  if (kind === "json") {
    const json = jsonTextOf(contentType, request.body);
    return json === null ? null : sliceList(json, path);
  }
  const [field = "", ...rest] = pathParts(path);
  const fields = listFields(contentType, request.body, { names: new Set([field, "payload"]) }) ?? [];
  const own = fields.find(({ name }) => name === field)?.text;
  // Members of `payload` are read as if they were fields.
  const text = own ?? fields.find(({ name }) => name === "payload")?.text;
  return text === undefined ? null : sliceList(text, own === undefined ? path : joinPath(rest));
}
