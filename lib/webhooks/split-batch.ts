import { type ParsedBody, parseExactBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { mediaType } from "#lib/webhooks/headers.ts";
import { readMultipartFields } from "#lib/webhooks/multipart-fields.ts";
import { cleanName } from "#lib/webhooks/name-event.ts";
import type { ValueSource } from "#lib/webhooks/provider-types.ts";
import { LIST_ITEMS_MAX, readFirstItemValue } from "#lib/webhooks/read-value.ts";
import { sliceJsonList } from "#lib/webhooks/slice-json-list.ts";
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

/** A JSON value on each line (Auth0's default); anything else, a single line among it, is no list. */
function splitLines(spec: ListSpec, request: WebhookRequest): Batch {
  const lines = linesOf(request.body);
  if (lines.length < 2) return { kind: "unreadable" };
  if (lines.length > LIST_ITEMS_MAX) return { kind: "too-long", count: lines.length };
  const items: BatchItem[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseExactBody({ headers: [], body: Buffer.from(line) });
    if (parsed.kind !== "json") return { kind: "unreadable" };
    items.push(nameItem(spec, request, index, line, parsed.value));
  }
  return { kind: "items", items };
}

/** The lines of UTF-8 text that are not blank; none when it is no UTF-8. */
function linesOf(body: Uint8Array): string[] {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  } catch {
    return [];
  }
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
  if (kind === "json") return sliceJsonList(new TextDecoder().decode(request.body), path);
  const [field = "", ...rest] = path.split(".");
  const own = fieldText(request, field);
  // Members of `payload` are read as if they were fields.
  const text = own ?? fieldText(request, "payload");
  try {
    // Parsed first: the slicer takes valid JSON only.
    JSON.parse(text ?? "");
  } catch {
    return null;
  }
  return text === null ? null : sliceJsonList(text, own === null ? path : rest.join("."));
}

function fieldText(request: WebhookRequest, name: string): string | null {
  const fields =
    mediaType(request.headers) === "multipart/form-data"
      ? (readMultipartFields(request.headers, request.body) ?? [])
      : new URLSearchParams(new TextDecoder().decode(request.body));
  for (const [field, value] of fields) if (field === name) return value;
  return null;
}
