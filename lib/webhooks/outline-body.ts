import { isUtf8 } from "node:buffer";
import { JSON_FIELDS, PARSED_BODY_DEPTH_MAX, type ParsedBody } from "#lib/webhooks/body-fields.ts";
import { mediaType } from "#lib/webhooks/headers.ts";
import { readMultipartFields } from "#lib/webhooks/multipart-fields.ts";
import { type FormField, readFormFields } from "#lib/webhooks/outline-form.ts";
import { outlineJson } from "#lib/webhooks/outline-json.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { type WantedPlaces, wantNothing } from "#lib/webhooks/wanted-places.ts";

/** The wanted places of a body, and where the elements of its list stand in `text`. */
export type BodyOutline = { readonly parsed: ParsedBody; readonly text: Buffer; readonly ranges: readonly number[] };

type Json = { readonly text: Buffer; readonly ranges: readonly number[] };

/**
 * The wanted places of a body of any size, as `parseBody` would give them of a small one, without making values of the
 * rest. Takes about 5 ms a MB, so large bodies belong in a sandbox child.
 */
export function outlineBody(request: Pick<WebhookRequest, "headers" | "body">, wanted: WantedPlaces): BodyOutline {
  const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
  const type = mediaType(request.headers);
  const names = wanted.keys ? null : new Set([...wanted.members.keys(), ...JSON_FIELDS]);
  if (type === "multipart/form-data") {
    const fields = readMultipartFields(request.headers, body)?.map(
      ([name, value]): FormField => [name, Buffer.from(value)],
    );
    return fields === undefined ? unreadable(body) : outlineFields(fields, wanted, body);
  }
  if (type === "application/x-www-form-urlencoded") {
    const fields = readFormFields(body, names);
    return fields === null ? unreadable(body) : outlineFields(fields, wanted, body);
  }
  if (!isUtf8(body)) return unreadable(body);
  const hasMark = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  const outline = outlineJson(body, wanted, PARSED_BODY_DEPTH_MAX, hasMark ? 3 : 0);
  return outline === null
    ? unreadable(body)
    : { parsed: { kind: "json", value: outline.value }, text: body, ranges: outline.ranges };
}

function unreadable(text: Buffer): BodyOutline {
  return { parsed: { kind: "unreadable" }, text, ranges: [] };
}

/**
 * Of repeated names the first counts; the members of `payload` are readable as if they were fields, behind the fields.
 */
function outlineFields(fields: readonly FormField[], wanted: WantedPlaces, body: Buffer): BodyOutline {
  const firsts = new Map<string, Buffer>();
  for (const [name, value] of fields) if (!firsts.has(name)) firsts.set(name, value);
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
  const first = text.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first === 0x5b || first === 0x7b ? outlineJson(text, wanted, PARSED_BODY_DEPTH_MAX) : null;
}

function withoutMembers(wanted: WantedPlaces, names: ReadonlyMap<string, unknown>): WantedPlaces {
  return { ...wanted, ranges: false, members: new Map([...wanted.members].filter(([name]) => !names.has(name))) };
}
