import { createHash } from "node:crypto";
import { parseExactBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { queryValue, readHeader } from "#lib/webhooks/headers.ts";
import type { ValueSource } from "#lib/webhooks/provider-types.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** A place an owner can choose: a header, a query parameter, or a dot path into the body. */
export type ChosenField = Extract<ValueSource, { from: "header" | "query" | "body" }>;

/** What chosen fields make of a request; `missing` are those that are not in it. */
export type FieldsKey =
  | { readonly kind: "key"; readonly key: string; readonly missing: readonly ChosenField[] }
  /** Nothing in it that could tell it from another: none of the fields, or only empty ones. */
  | { readonly kind: "none" };

/** The parsed value of one item of a batch. */
export type Item = { readonly value: unknown };

const MISSING = Symbol("missing");

/**
 * A hash over the chosen fields of a request, places and values; lists and objects count with all that is in them. With
 * an item, body paths are looked up in it, and it has a key only by what stands in it: a header is the same for all
 * items.
 */
export function fieldsKey(fields: readonly ChosenField[], request: WebhookRequest, item?: Item): FieldsKey {
  const read = fields.map((field) => ({ field, value: contentOf(field, request, item) }));
  const telling = item === undefined ? read : read.filter(({ field }) => field.from === "body");
  if (!telling.some(({ value }) => tells(value))) return { kind: "none" };
  // JSON, so that neighbours cannot run into each other; the places, so that a value counts only for its own field.
  const text = JSON.stringify(
    read.map(({ field, value }) => [...placeOf(field), ...(value === MISSING ? [] : [value])]),
  );
  const key = `fields:${createHash("sha256").update(text).digest("hex")}`;
  return { kind: "key", key, missing: read.filter(({ value }) => value === MISSING).map(({ field }) => field) };
}

function contentOf(field: ChosenField, request: WebhookRequest, item: Item | undefined): unknown {
  switch (field.from) {
    case "header": {
      const reading = readHeader(request.headers, field.name);
      return reading.kind === "one" ? reading.value : MISSING;
    }
    case "query":
      return queryValue(request.url, field.name) ?? MISSING;
    case "body": {
      const parsed = item ?? readBody(request);
      const value = parsed === null ? undefined : valueAt(parsed.value, field.path);
      return value === undefined ? MISSING : value;
    }
  }
}

function readBody(request: WebhookRequest): Item | null {
  const parsed = parseExactBody(request);
  return parsed.kind === "unreadable" ? null : parsed;
}

/** What is empty tells nothing apart. */
function tells(value: unknown): boolean {
  if (value === MISSING || value === null || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function placeOf(field: ChosenField): readonly [from: string, place: string] {
  return [field.from, field.from === "body" ? field.path : field.name];
}
