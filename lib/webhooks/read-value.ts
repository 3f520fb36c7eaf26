import { listItemsMax } from "#lib/bodies/limits.ts";
import {
  mayBeRounded,
  type ParsedBody,
  parseBody,
  parseExactBody,
  scalarText,
  valueAt,
} from "#lib/webhooks/body-fields.ts";
import { queryValue, readHeader } from "#lib/webhooks/headers.ts";
import type { ValueSource } from "#lib/webhooks/provider-types.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Characters of an event type or delivery id that are kept. */
export const NAME_CHARACTERS_MAX = 1_000;
/** Items of a list that a value is read from. */
export const LIST_ITEMS_MAX = listItemsMax;

/** Where body paths are read; `met` is told of every value, because a rounded number is read again in its digits. */
type BodyReader = { readonly read: () => ParsedBody; readonly met: (value: unknown) => void };

const unwatched = (): void => undefined;

/** Reads the first source that has a non-empty value; null when none has. */
export function readFirstValue(sources: readonly ValueSource[], request: WebhookRequest): string | null {
  let rounded = false;
  const met = (value: unknown): void => {
    if (mayBeRounded(value)) rounded = true;
  };
  const value = firstValue(sources, request, { read: () => parseBody(request), met });
  return rounded ? firstValue(sources, request, { read: () => parseExactBody(request), met: unwatched }) : value;
}

/** The same with body paths relative to one item of a batch, whose numbers are exact. */
export function readFirstItemValue(
  sources: readonly ValueSource[],
  request: WebhookRequest,
  item: unknown,
): string | null {
  return firstValue(sources, request, { read: () => ({ kind: "json", value: item }), met: unwatched });
}

function firstValue(sources: readonly ValueSource[], request: WebhookRequest, body: BodyReader): string | null {
  for (const source of sources) {
    const value = readValue(source, request, body);
    if (value !== null && value !== "") return value;
  }
  return null;
}

function readValue(source: ValueSource, request: WebhookRequest, body: BodyReader): string | null {
  switch (source.from) {
    case "header": {
      const reading = readHeader(request.headers, source.name);
      return reading.kind === "one" && reading.value !== "" ? reading.value : null;
    }
    case "query":
      return queryValue(request.url, source.name);
    case "body": {
      const parsed = body.read();
      const value = parsed.kind === "unreadable" ? null : valueAt(parsed.value, source.path);
      body.met(value);
      return scalarText(value);
    }
    case "constant":
      return source.value;
    case "top-level-key": {
      const parsed = body.read();
      if (
        parsed.kind === "unreadable" ||
        typeof parsed.value !== "object" ||
        parsed.value === null ||
        Array.isArray(parsed.value)
      )
        return null;
      return Object.keys(parsed.value).find((key) => !source.except.includes(key)) ?? null;
    }
    case "text": {
      const text = Buffer.from(
        request.body.buffer,
        request.body.byteOffset,
        Math.min(request.body.byteLength, 65_536),
      ).toString("utf8");
      return source.pattern.exec(text)?.[1] ?? null;
    }
    case "each": {
      const parsed = body.read();
      const list = parsed.kind === "unreadable" ? undefined : valueAt(parsed.value, source.list);
      if (!Array.isArray(list) || list.length === 0 || list.length > LIST_ITEMS_MAX) return null;
      const values: string[] = [];
      for (const item of list as unknown[]) {
        const value = joined(source.parts, source.separator, request, {
          ...body,
          read: () => ({ kind: "json", value: item }),
        });
        if (value === null) return null;
        values.push(value);
      }
      return values.join(" ");
    }
    case "join":
      return joined(source.parts, source.separator, request, body);
  }
}

function joined(
  parts: ReadonlyArray<ValueSource & { readonly required?: boolean }>,
  separator: string,
  request: WebhookRequest,
  body: BodyReader,
): string | null {
  const values: string[] = [];
  for (const part of parts) {
    const value = readValue(part, request, body);
    if (value !== null && value !== "") values.push(value);
    else if (part.required) return null;
  }
  return values.length === 0 ? null : values.join(separator);
}
