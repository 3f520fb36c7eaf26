import { type BodyCoding, decodeBody, readCoding } from "#lib/platform/decode-body.ts";
import { type BodyProblem, type BodyWishes, type ParsedBody, parseBodyInPlace } from "#lib/sandbox/parse-body.ts";
import { getSandbox } from "#lib/sandbox/sandbox.ts";

/** The bytes of a stored body and the two headers that say how to read them. */
export type StoredBody = {
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly bytes: Uint8Array;
};

/** A body read: what it turned out to be, and its bytes after the coding was undone (as sent where there is none). */
export type ReadStoredBody = {
  readonly parsed: ParsedBody;
  readonly coding: BodyCoding | null;
  readonly decoded: Uint8Array;
};

/**
 * The parsed view of a stored body. Decoding and large parses happen away from the event loop; a body that unfolds too
 * far or cannot be parsed within the limits stays what it is, with a problem that says so. Never throws for a body.
 */
export async function readStoredBody(
  { contentType, contentEncoding, bytes }: StoredBody,
  wishes: BodyWishes = {},
): Promise<ReadStoredBody> {
  const coding = readCoding(contentEncoding);
  const decoding =
    coding === null || bytes.byteLength === 0 ? ({ kind: "decoded", bytes } as const) : await decodeBody(coding, bytes);
  if (decoding.kind === "decoded")
    return { parsed: await parse(contentType, decoding.bytes, wishes), coding, decoded: decoding.bytes };
  const name = coding ?? "";
  const problem: BodyProblem =
    decoding.kind === "too-large"
      ? { kind: "unfolds-too-far", coding: name, bytesMax: decoding.bytesMax }
      : { kind: "undecodable", coding: name, message: decoding.message.slice(0, 200) };
  const value = { contentType: contentType ?? "application/octet-stream", bytes: bytes.byteLength };
  return { parsed: { kind: "binary", value, problems: [problem] }, coding, decoded: bytes };
}

async function parse(contentType: string | null, bytes: Uint8Array, wishes: BodyWishes): Promise<ParsedBody> {
  const small = parseBodyInPlace(contentType, bytes, wishes);
  if (small !== null) return small;
  const outcome = await getSandbox().parseBody(contentType, bytes, wishes);
  if (outcome.kind === "parsed") return outcome.body;
  // A body that cannot be parsed within the limits is still there as text.
  const format =
    contentType?.includes("xml") === true
      ? "xml"
      : contentType?.startsWith("multipart/") === true
        ? "multipart"
        : "json";
  const message = `Not read: it took too ${outcome.kind === "timeout" ? "long" : "much memory"}.`;
  return { kind: "text", value: new TextDecoder().decode(bytes), problems: [{ kind: "parse-error", format, message }] };
}
