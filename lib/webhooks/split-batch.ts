import { PARSED_BODY_BYTES_MAX, type ParsedBody, parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
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

/** The items of the list a request holds at a path, in their order; JSON lines are a list too, at "". Never throws. */
export function splitBatch(spec: ListSpec, request: WebhookRequest): Batch {
  const parsed = parseBody(request);
  if (parsed.kind === "unreadable") return spec.path === "" ? splitLines(spec, request) : parsed;
  const list = valueAt(parsed.value, spec.path);
  if (!Array.isArray(list)) return { kind: "no-list" };
  if (list.length > LIST_ITEMS_MAX) return { kind: "too-long", count: list.length };
  const texts = exactTexts(parsed.kind, request, spec.path);
  const exact = texts?.length === list.length ? texts : null;
  const items = (list as unknown[]).map((item, index) => toItem(spec, request, index, exact?.[index] ?? null, item));
  return { kind: "items", items };
}

/** A JSON value on each line (Auth0's default); anything else, a single line among it, is no list. */
function splitLines(spec: ListSpec, request: WebhookRequest): Batch {
  if (request.body.byteLength > PARSED_BODY_BYTES_MAX) return { kind: "unreadable" };
  const lines = linesOf(request.body);
  if (lines.length < 2) return { kind: "unreadable" };
  if (lines.length > LIST_ITEMS_MAX) return { kind: "too-long", count: lines.length };
  const items: BatchItem[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseBody({ headers: [], body: Buffer.from(line) });
    if (parsed.kind !== "json") return { kind: "unreadable" };
    items.push(toItem(spec, request, index, line, parsed.value));
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

/** `json` is the item's exact text, or null where only its value is known. */
function toItem(spec: ListSpec, request: WebhookRequest, index: number, json: string | null, value: unknown): BatchItem {
  const item = json === null ? value : withExactNumbers(json, value);
  const eventType = readFirstItemValue(spec.eventType, request, item);
  return {
    index,
    json: json ?? JSON.stringify(value),
    eventType: eventType === null ? null : cleanName(eventType),
    id: readFirstItemValue(spec.id, request, item),
  };
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
