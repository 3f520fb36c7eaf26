import type { BodyReading, BodyWishes } from "#lib/bodies/body-reading.ts";
import { isXmlType, readContentType } from "#lib/bodies/content-type.ts";
import { isReadInPlace, readBody } from "#lib/bodies/read-body.ts";
import { getSandbox } from "./sandbox.ts";

/**
 * Reads a body whose codings were undone, large ones and those in costly formats away from the event loop. What cannot be
 * read within the sandbox's limits is text with a note that says so.
 */
export async function readBodyInChild(
  contentType: string | null,
  bytes: Uint8Array,
  wishes: BodyWishes = {},
): Promise<BodyReading> {
  if (isReadInPlace(contentType, bytes)) return readBody(contentType, bytes, wishes);
  const outcome = await getSandbox().readBody(contentType, bytes, wishes);
  if (outcome.kind === "read") return outcome.body;
  const { type } = readContentType(contentType);
  const format = isXmlType(type) ? "xml" : type.startsWith("multipart/") ? "multipart" : "json";
  const message = `Not read: it took too ${outcome.kind === "timeout" ? "long" : "much memory"}.`;
  return { kind: "text", value: new TextDecoder().decode(bytes), notes: [{ kind: "parse-error", format, message }] };
}
