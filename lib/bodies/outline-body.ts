import { isUtf8 } from "node:buffer";
import { isBinaryType, isFormType, readContentType } from "#lib/bodies/content-type.ts";
import { beginsLikeJson, JSON_FIELDS } from "#lib/bodies/json-fields.ts";
import { depthMax } from "#lib/bodies/limits.ts";
import { listFields } from "#lib/bodies/list-fields.ts";
import { outlineJson } from "#lib/bodies/outline-json.ts";
import { type FieldsReading, jsonBytes, jsonTextOf } from "#lib/bodies/read-fields.ts";
import { type WantedPlaces, wantNothing } from "#lib/bodies/wanted-places.ts";

/** The wanted places of a body, and where the elements of its list stand in `text`. */
export type BodyOutline = { readonly parsed: FieldsReading; readonly text: Buffer; readonly ranges: readonly number[] };

type Json = { readonly text: Buffer; readonly ranges: readonly number[] };

/**
 * The wanted places of a body of any size, as `readFields` would give them of a small one, without making values of the
 * rest. Takes about 5 ms a MB, so large bodies belong in a sandbox child.
 */
export function outlineBody(contentType: string | null, bytes: Uint8Array, wanted: WantedPlaces): BodyOutline {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type } = readContentType(contentType);
  if (isBinaryType(type) && !beginsLikeJson(body)) return { parsed: { kind: "unreadable" }, text: body, ranges: [] };
  const isForm = isFormType(type) || type.startsWith("multipart/");
  const whole = jsonBytes(type, body);
  const json = isForm && !beginsLikeJson(whole) ? null : outlineWhole(contentType, whole, wanted);
  if (json !== null) return json;
  const names = wanted.keys ? null : new Set([...wanted.members.keys(), ...JSON_FIELDS]);
  const fields = isForm ? listFields(contentType, body, { names }) : null;
  if (fields === null) return { parsed: { kind: "unreadable" }, text: body, ranges: [] };
  const firsts = new Map<string, Buffer>();
  for (const { name, text } of fields) if (!firsts.has(name)) firsts.set(name, Buffer.from(text));
  return outlineFields(firsts, wanted, body);
}

function outlineWhole(contentType: string | null, body: Buffer, wanted: WantedPlaces): BodyOutline | null {
  if (isUtf8(body)) {
    const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
    const outline = outlineJson(body, wanted, depthMax, hasMark ? 3 : 0);
    if (outline !== null) return { parsed: { kind: "json", value: outline.value }, text: body, ranges: outline.ranges };
  }
  // Lines, or another charset: its text as one list, in bytes of its own.
  const json = jsonTextOf(contentType, body, wanted.ranges);
  const text = json === null ? null : Buffer.from(json);
  const outline = text === null ? null : outlineJson(text, wanted, depthMax);
  if (text === null || outline === null) return null;
  return { parsed: { kind: "json", value: outline.value }, text, ranges: outline.ranges };
}

/**
 * Of repeated names the first counts; the members of `payload` are readable as if they were fields, behind the fields.
 */
function outlineFields(firsts: ReadonlyMap<string, Buffer>, wanted: WantedPlaces, body: Buffer): BodyOutline {
  const record = Object.create(null) as Record<string, unknown>;
  let list: Json = { text: body, ranges: [] };
  for (const [name, value] of firsts) {
    const places = wanted.members.get(name) ?? null;
    const json = JSON_FIELDS.includes(name) ? outlineField(value, places ?? wantNothing()) : null;
    if (json !== null && json.ranges.length > 0) list = { text: value, ranges: json.ranges };
    if (json !== null) record[name] = json.value;
    else if (places !== null) record[name] = value.toString("utf8");
    else if (wanted.keys) record[name] = "";
  }
  const payload = firsts.get("payload");
  const open = payload === undefined ? null : outlineField(payload, withoutMembers(wanted, firsts));
  if (
    payload === undefined ||
    open === null ||
    typeof open.value !== "object" ||
    open.value === null ||
    Array.isArray(open.value)
  )
    return { parsed: { kind: "form", value: record }, ...list };
  if (open.ranges.length > 0) list = { text: payload, ranges: open.ranges };
  return { parsed: { kind: "form", value: { ...open.value, ...record } }, ...list };
}

/** A field that is a JSON object or list; null when it is only a text. */
function outlineField(text: Buffer, wanted: WantedPlaces) {
  return beginsLikeJson(text) ? outlineJson(text, wanted, depthMax) : null;
}

function withoutMembers(wanted: WantedPlaces, names: ReadonlyMap<string, unknown>): WantedPlaces {
  return { ...wanted, ranges: false, members: new Map([...wanted.members].filter(([name]) => !names.has(name))) };
}
