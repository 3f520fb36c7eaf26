import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from "node:zlib";
import { MIB } from "#lib/core/units.ts";

/** Codings a body may be sent in. */
export type BodyCoding = "gzip" | "deflate" | "br";

/** What decoding came to. `too-large`: it would unfold beyond `bytesMax`, and was stopped there. */
export type Decoding =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  | { readonly kind: "too-large"; readonly bytesMax: number }
  | { readonly kind: "broken"; readonly message: string };

/** Nothing unfolds beyond this, however large it was sent. */
const DECODED_BYTES_MAX = 16 * MIB;
/**
 * Beyond the first MiB a body may unfold to ten times what was sent: real JSON packs 5 to 30 times, but stays small.
 */
const DECODED_BYTES_FREE = 1 * MIB;
const RATIO_MAX = 10;

/** The coding a `content-encoding` value names, or null when the bytes are as they are. */
export function readCoding(contentEncoding: string | null): BodyCoding | null {
  const name = contentEncoding?.trim().toLowerCase();
  if (name === "x-gzip") return "gzip";
  return name === "gzip" || name === "deflate" || name === "br" ? name : null;
}

/** How far a body of so many bytes may unfold: a MiB, or ten times its size, and 16 MiB at most. */
export function decodedBytesMax(sentBytes: number): number {
  return Math.min(DECODED_BYTES_MAX, Math.max(DECODED_BYTES_FREE, RATIO_MAX * sentBytes));
}

/** Decodes one coding on a thread of its own, never beyond `bytesMax` bytes. A coding inside another stays as it is. */
export async function decodeBody(
  coding: BodyCoding,
  bytes: Uint8Array,
  bytesMax: number = decodedBytesMax(bytes.byteLength),
): Promise<Decoding> {
  try {
    return { kind: "decoded", bytes: await DECODERS[coding](bytes, { maxOutputLength: bytesMax }) };
  } catch (error) {
    if (error instanceof RangeError) return { kind: "too-large", bytesMax };
    return { kind: "broken", message: error instanceof Error ? error.message : String(error) };
  }
}

type Decoder = (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer>;

const inflateWrapped = promisify<Uint8Array, ZlibOptions, Buffer>(inflate);
const inflateBare = promisify<Uint8Array, ZlibOptions, Buffer>(inflateRaw);

const DECODERS: Record<BodyCoding, Decoder> = {
  gzip: promisify<Uint8Array, ZlibOptions, Buffer>(gunzip),
  br: promisify<Uint8Array, ZlibOptions, Buffer>(brotliDecompress),
  // RFC 9110 means the zlib wrapper by "deflate"; some senders leave it out.
  deflate: async (bytes, options) => {
    try {
      return await inflateWrapped(bytes, options);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      return inflateBare(bytes, options);
    }
  },
};
