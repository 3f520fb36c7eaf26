import type { Json, JsonObject } from "#lib/core/json.ts";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";

/** A stored event as a run sees it. `headers` and `query` are [name, value] pairs in wire order. */
export type TriggerSource = {
  /** Where it is JSON, as it was sent. */
  body: Written;
  /** The body as text; left out of the scope when no expression asks for it, because it doubles the context. */
  rawBody: string | null;
  /**
   * The body with every number that would lose digits as the text it was written in; left out when nothing asks for it.
   */
  exact?: Written | undefined;
  /** The CloudEvent in the request: `{ mode, attributes, data }`, or `{ mode: "batch", events }`. */
  cloudEvent?: Written | undefined;
  /** Files of a multipart body with their content as base64, null where it is too large. */
  files?: Json | undefined;
  /** In what the body is not what its headers say, as data with a `kind` each; left out where it is. */
  notes?: Json | undefined;
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  query: ReadonlyArray<readonly [name: string, value: string]>;
  method: string;
  path: string;
  eventType: string | null;
  deliveryId: string | null;
  receivedAt: Date;
  /** The place of the item that a run of a split event is about; null = the whole event. */
  item: { readonly index: number; readonly count: number } | null;
};

/**
 * What expressions see as `trigger`: header names in lower case, a repeated header joined by ", ", a repeated query
 * name as a list.
 */
export function triggerScope(source: TriggerSource): WrittenObject {
  return {
    body: source.body,
    headers: joinHeaders(source.headers),
    query: readQuery(source.query),
    method: source.method,
    path: source.path,
    eventType: source.eventType,
    deliveryId: source.deliveryId,
    receivedAt: source.receivedAt.toISOString(),
    ...(source.item === null ? {} : { item: { index: source.item.index, count: source.item.count } }),
    ...(source.rawBody === null ? {} : { rawBody: source.rawBody }),
    ...(source.exact === undefined ? {} : { exact: source.exact }),
    ...(source.cloudEvent === undefined ? {} : { cloudEvent: source.cloudEvent }),
    ...(source.files === undefined ? {} : { files: source.files }),
    ...(source.notes === undefined ? {} : { notes: source.notes }),
  };
}

function joinHeaders(headers: TriggerSource["headers"]): JsonObject {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = joined.get(key);
    joined.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(joined);
}

function readQuery(query: TriggerSource["query"]): JsonObject {
  const values = new Map<string, string[]>();
  for (const [name, value] of query) {
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? "") : list]));
}
