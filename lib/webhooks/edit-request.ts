import { mediaType } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** The request with a header set to one value, replacing any it had; the name is kept as given. */
export function withHeader(request: WebhookRequest, name: string, value: string): WebhookRequest {
  const lower = name.toLowerCase();
  return { ...request, headers: [...request.headers.filter(([sent]) => sent.toLowerCase() !== lower), [name, value]] };
}

/** The request with a query parameter set, the rest of its URL as it was. */
export function withQuery(request: WebhookRequest, name: string, value: string): WebhookRequest {
  const [path = "", query = ""] = request.url.split("?", 2);
  const pairs = query.split("&").filter((pair) => pair !== "" && pair.split("=", 1)[0] !== name);
  return { ...request, url: `${path}?${[...pairs, `${name}=${encodeURIComponent(value)}`].join("&")}` };
}

/**
 * The request with a value set in its JSON or form body, also inside of a field that holds JSON; "list[].field" sets it
 * in every item. Other bodies come back unchanged.
 */
export function withBodyValue(request: WebhookRequest, path: string, value: string | number): WebhookRequest {
  const text = Buffer.from(request.body).toString("utf8");
  if (mediaType(request.headers) === "application/x-www-form-urlencoded") {
    const fields = new URLSearchParams(text);
    const [field = "", ...inside] = path.split(".");
    const json = inside.length === 0 ? null : readJson(fields.get(field) ?? "");
    if (json === null) fields.set(path, String(value));
    else {
      setAt(json, inside, value);
      fields.set(field, JSON.stringify(json));
    }
    return { ...request, body: Buffer.from(fields.toString()) };
  }
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return request;
  }
  const [listPath, itemPath] = path.split("[].", 2);
  if (itemPath === undefined) setAt(root, path.split("."), value);
  else {
    const list = getAt(root, (listPath ?? "").split("."));
    if (Array.isArray(list)) for (const item of list) setAt(item, itemPath.split("."), value);
  }
  return { ...request, body: Buffer.from(JSON.stringify(root)) };
}

function readJson(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function getAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string, unknown>)[part]
        : undefined,
    root,
  );
}

function setAt(root: unknown, path: readonly string[], value: string | number): void {
  const target = getAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof target === "object" && target !== null && last !== undefined)
    Object.defineProperty(target, last, { value, writable: true, enumerable: true, configurable: true });
}
