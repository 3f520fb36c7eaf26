import type { Readable } from "node:stream";

/** A line without its end, or word that one was longer than allowed (its text is gone). */
export type ReadLine = { kind: "line"; text: string } | { kind: "too-long" };

/** The lines of a stream of UTF-8 text, one at a time, holding at most one of them. */
export async function* readLines(stream: Readable, charsMax: number): AsyncGenerator<ReadLine> {
  const decoder = new TextDecoder();
  let held = "";
  let tooLong = false;
  for await (const chunk of stream) {
    const parts = decodeChunk(decoder, chunk).split("\n");
    for (const [index, part] of parts.entries()) {
      if (!tooLong && held.length + part.length > charsMax) {
        tooLong = true;
        held = "";
      }
      if (!tooLong) held += part;
      if (index === parts.length - 1) break;
      yield tooLong ? { kind: "too-long" } : { kind: "line", text: held.replace(/\r$/, "") };
      held = "";
      tooLong = false;
    }
  }
  if (tooLong) yield { kind: "too-long" };
  else if (held !== "") yield { kind: "line", text: held };
}

function decodeChunk(decoder: TextDecoder, chunk: unknown): string {
  return typeof chunk === "string" ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
}
