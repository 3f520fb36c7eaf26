import { decodeText } from "#lib/bodies/charset.ts";
import { isBinaryType, isFormType, isJsonLinesType, isJsonType, readContentType } from "#lib/bodies/content-type.ts";
import { jsonInForm } from "#lib/bodies/form-json.ts";
import { beginsLikeJson, JSON_FIELDS, looksLikeJson } from "#lib/bodies/json-fields.ts";
import { depthMax } from "#lib/bodies/limits.ts";
import { type FormField, listFields } from "#lib/bodies/list-fields.ts";
import { joinJsonLines } from "#lib/bodies/read-json.ts";

/**
 * A body as names, keys and items are looked up in it: JSON, or form fields as an object of texts (the first of
 * repeated names, names not taken apart); unreadable when it is neither or breaks a bound.
 */
export type FieldsReading =
  | { readonly kind: "json" | "form"; readonly value: unknown }
  | { readonly kind: "unreadable" };

/** Largest body that is read for single fields in place, files of multipart bodies not counted: 1 MiB. */
export const fieldsBytesMax = 1024 * 1024;
/** Most fields of a form that are looked at in place. */
const fieldsCountMax = 10_000;

const UNREADABLE: FieldsReading = { kind: "unreadable" };

/** Reads a body for looking up single fields, as flows see it but at a fraction of the price; never throws. */
export function readFields(
  contentType: string | null,
  body: Uint8Array,
  parse: (text: string) => unknown = JSON.parse,
): FieldsReading {
  if (body.byteLength === 0) return UNREADABLE;
  const { type } = readContentType(contentType);
  if (type.startsWith("multipart/") && !beginsLikeJson(body)) return readForm(contentType, body, parse);
  if (body.byteLength > fieldsBytesMax) return UNREADABLE;
  const value = readJson(contentType, body, parse);
  if (value !== undefined) return { kind: "json", value };
  return isFormType(type) ? readForm(contentType, body, parse) : UNREADABLE;
}

function readJson(contentType: string | null, sent: Uint8Array, parse: (text: string) => unknown): unknown {
  const { type, charset } = readContentType(contentType);
  const body = jsonBytes(type, sent);
  const isLines = isJsonLinesType(type);
  if (!(isLines || isJsonType(type) || beginsLikeJson(body))) return undefined;
  const { text } = decodeText(body, charset, isJsonType(type));
  const value = isLines ? undefined : parsed(text, parse);
  if (value !== undefined || !(isLines || text.includes("\n"))) return value;
  return parsed(joinJsonLines(text, isLines) ?? text, parse);
}

/**
 * The JSON text a body holds, JSON lines as one list; null when it holds none. It may still be invalid where the whole
 * body claims to be JSON. `asLines`: its reader expects a list, so lines of any JSON are one.
 */
export function jsonTextOf(contentType: string | null, sent: Uint8Array, asLines = false): string | null {
  const { type, charset } = readContentType(contentType);
  const body = jsonBytes(type, sent);
  const isLines = isJsonLinesType(type);
  const mayBeLines = asLines && !isBinaryType(type);
  if (!(isLines || isJsonType(type) || beginsLikeJson(body) || mayBeLines)) return null;
  const { text } = decodeText(body, charset, isJsonType(type));
  if (isLines) return joinJsonLines(text, true) ?? text;
  if (!text.includes("\n") || parsed(text, JSON.parse) !== undefined) return text;
  return joinJsonLines(text, false) ?? (asLines ? severalLines(text) : null) ?? text;
}

/** What JSON is looked for in: a form that is nothing but an encoded JSON text is that text. */
export function jsonBytes(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return isFormType(type) ? (jsonInForm(bytes) ?? bytes) : bytes;
}

function severalLines(text: string): string | null {
  return text.trim().includes("\n") ? joinJsonLines(text, true) : null;
}

function parsed(json: string, parse: (text: string) => unknown): unknown {
  if (isDeeperThan(json, depthMax)) return undefined;
  try {
    return parse(json);
  } catch {
    return undefined;
  }
}

function readForm(contentType: string | null, body: Uint8Array, parse: (text: string) => unknown): FieldsReading {
  const fields = listFields(contentType, body, { countMax: fieldsCountMax, bytesMax: fieldsBytesMax });
  return fields === null ? UNREADABLE : { kind: "form", value: withJsonFields(fields, parse) };
}

/**
 * Form fields as an object; JSON fields are parsed, and the members of `payload` are readable as if they were the body.
 */
function withJsonFields(fields: readonly FormField[], parse: (text: string) => unknown): unknown {
  const record: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { name, text, isJson } of fields) {
    if (Object.hasOwn(record, name)) continue;
    const mayBeJson = isJson || (JSON_FIELDS.includes(name) && looksLikeJson(text));
    record[name] = (mayBeJson ? parsed(text, parse) : undefined) ?? text;
  }
  const payload = record["payload"];
  return typeof payload === "object" && payload !== null && !Array.isArray(payload)
    ? { ...payload, ...record }
    : record;
}

/** Whether JSON text is nested deeper than `depthMax`; brackets in strings do not count. Looked at before parsing. */
function isDeeperThan(json: string, depthMax: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === 0x22) at = endOfString(json, at);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

/** The place of the closing quote of the string that begins at `start`; the text's end when it is never closed. */
function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return json.length;
}
