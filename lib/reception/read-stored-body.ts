import type { BodyNote } from "#lib/bodies/body-notes.ts";
import type { BodyReading, BodyWishes } from "#lib/bodies/body-reading.ts";
import { isTextType, readContentType } from "#lib/bodies/content-type.ts";
import { decodedBytesMax, undoCodings } from "#lib/bodies/undo-codings.ts";
import { readBodyInChild } from "#lib/sandbox/read-body-in-child.ts";

/** The bytes of a stored body and the two headers that say how to read them. */
export type StoredBody = {
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly bytes: Uint8Array;
};

/** A body read: what it turned out to be, the coding that was undone (null: none), and its bytes without it. */
export type ReadStoredBody = {
  readonly parsed: BodyReading;
  readonly coding: string | null;
  readonly decoded: Uint8Array;
};

/**
 * The readable view of a stored body. Decoding and large bodies happen away from the event loop; a body that unfolds
 * too far or cannot be read within the limits stays what it is, with a note that says so. Never throws for a body.
 */
export async function readStoredBody(
  { contentType, contentEncoding, bytes }: StoredBody,
  wishes: BodyWishes = {},
): Promise<ReadStoredBody> {
  const bytesMax = decodedBytesMax(bytes.byteLength);
  const isText = isTextType(readContentType(contentType).type);
  const unfolded = await undoCodings(bytes, contentEncoding, { bytesMax, isText });
  if (!unfolded.cut && unfolded.problem === null) {
    const parsed = await readBodyInChild(contentType, unfolded.bytes, wishes);
    const notes = [...unfolded.notes, ...parsed.notes];
    return { parsed: { ...parsed, notes }, coding: unfolded.coding, decoded: unfolded.bytes };
  }
  const note: BodyNote =
    unfolded.problem === null
      ? { kind: "unfolds-too-far", coding: unfolded.coding ?? "", bytesMax }
      : { kind: "undecodable", coding: unfolded.problem.coding, message: unfolded.problem.message.slice(0, 200) };
  const value = { contentType: contentType ?? "application/octet-stream", bytes: bytes.byteLength };
  return { parsed: { kind: "binary", value, notes: [...unfolded.notes, note] }, coding: null, decoded: bytes };
}
