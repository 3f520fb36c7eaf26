import type { BodyReading, BodyWishes } from "#lib/bodies/body-reading.ts";
import { decodeText } from "#lib/bodies/charset.ts";
import { isJsonType, isXmlType, readContentType } from "#lib/bodies/content-type.ts";
import { isReadInPlace, readBody } from "#lib/bodies/read-body.ts";
import { getSandbox } from "./sandbox.ts";

/**
 * Reads a body whose codings were undone, large ones and those in costly formats away from the event loop. JSON of
 * which no values can be made within the sandbox's memory is read as it was written, without `value` and `exact`; what
 * else cannot be read within the limits is text with a note that says so.
 */
export async function readBodyInChild(
  contentType: string | null,
  bytes: Uint8Array,
  wishes: BodyWishes = {},
): Promise<BodyReading> {
  if (isReadInPlace(contentType, bytes)) return readBody(contentType, bytes, { ...wishes, asWritten: false });
  let outcome = await getSandbox().readBody(contentType, bytes, wishes);
  if (outcome.kind === "memory" && (wishes.asWritten !== true || wishes.exact === true))
    outcome = await getSandbox().readBody(contentType, bytes, { ...wishes, asWritten: true, exact: false });
  const declared = readContentType(contentType);
  if (outcome.kind === "read") {
    const { body } = outcome;
    return body.isAsSent === true
      ? { ...body, json: decodeText(bytes, declared.charset, isJsonType(declared.type)).text.trim() }
      : body;
  }
  const { type } = declared;
  const format = isXmlType(type) ? "xml" : type.startsWith("multipart/") ? "multipart" : "json";
  const message = `Not read: it took too ${outcome.kind === "timeout" ? "long" : "much memory"}.`;
  return { kind: "text", value: new TextDecoder().decode(bytes), notes: [{ kind: "parse-error", format, message }] };
}
