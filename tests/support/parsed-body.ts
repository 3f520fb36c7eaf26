import type { BodyReading } from "#lib/bodies/body-reading.ts";
import { readBody } from "#lib/bodies/read-body.ts";

/** Reads a body given as text or bytes. */
export async function parse(contentType: string | null, body: string | Uint8Array): Promise<BodyReading> {
  return readBody(contentType, typeof body === "string" ? Buffer.from(body) : body);
}

/** The kinds of what is to be known about a body, in order. */
export function kinds(body: BodyReading): string[] {
  return body.notes.map((note) => note.kind);
}
