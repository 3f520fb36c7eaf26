import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { isReadableText } from "#lib/bodies/charset.ts";

/** Codings a body may be sent in (RFC 9110 section 8.4.1, RFC 8878). */
export type BodyCoding = "gzip" | "deflate" | "br" | "zstd";

/**
 * How a body is unfolded. `inputIsCut`: its end is missing for a reason of ours, so a coding that breaks off is none.
 */
export type UnfoldLimits = { readonly bytesMax: number; readonly inputIsCut?: boolean; readonly without?: BodyCoding };

/**
 * What undoing came to. `bytes` never exceed the limit: of what unfolds further (`cut`) they are the beginning, of what
 * breaks off (`problem`) what came before. `coding` is what was undone, as it was written; null when nothing was.
 */
export type Unfolded = {
  readonly bytes: Uint8Array;
  readonly coding: string | null;
  readonly cut: boolean;
  readonly problem: { readonly kind: "broken" | "unasked"; readonly coding: string; readonly message: string } | null;
  readonly notes: readonly BodyNote[];
};

/** Nothing unfolds beyond this, however large it was sent. */
const DECODED_BYTES_MAX = 16 * 1024 * 1024;
/**
 * Beyond the first MiB a body may unfold to ten times what was sent: real JSON packs 5 to 30 times, but stays small.
 */
const DECODED_BYTES_FREE = 1024 * 1024;
const RATIO_MAX = 10;
/** One coding in another happens by mistake; more than a few of them are an attack. */
const CODINGS_MAX = 4;

/** How far a received body of so many bytes may unfold: a MiB, or ten times its size, and 16 MiB at most. */
export function decodedBytesMax(sentBytes: number): number {
  return Math.min(DECODED_BYTES_MAX, Math.max(DECODED_BYTES_FREE, RATIO_MAX * sentBytes));
}

/** Whether a Content-Encoding names anything that has to be looked at; most bodies come without. */
export function isCoded(contentEncoding: string | null): boolean {
  return contentEncoding !== null && tokensOf(contentEncoding).length > 0;
}

/** Codings that are registered with IANA and cannot be undone here: their bytes are not what they stand for. */
const UNREADABLE_CODINGS: ReadonlySet<string> = new Set([
  "compress",
  "x-compress",
  "dcb",
  "dcz",
  "exi",
  "pack200-gzip",
]);

/** A coding in this Content-Encoding that exists and cannot be undone here; null when there is none. */
export function unreadableCoding(contentEncoding: string): string | null {
  const tokens = tokensOf(contentEncoding);
  return (
    tokens.find((token) => UNREADABLE_CODINGS.has(token)) ?? (tokens.length > CODINGS_MAX ? contentEncoding : null)
  );
}

/**
 * Undoes the codings a Content-Encoding lists, the last one first, never beyond the limit at any step. A token that is
 * no coding (`utf-8`, `none`, `aws-chunked`) means the bytes as they are, and so does a coding that the bytes cannot be
 * in. Unpacks on Node's thread pool.
 */
export async function undoCodings(
  sent: Uint8Array,
  contentEncoding: string | null,
  limits: UnfoldLimits,
): Promise<Unfolded> {
  const notes: BodyNote[] = [];
  const tokens = contentEncoding === null ? [] : tokensOf(contentEncoding);
  if (tokens.length === 0 || sent.length === 0) return asItIs(sent, null, notes);
  if (tokens.length > CODINGS_MAX)
    return stopped(sent, "unasked", contentEncoding ?? "", "it is encoded too many times");
  let bytes = sent;
  let undone: string | null = null;
  for (const token of tokens.toReversed()) {
    const coding = CODINGS.get(token);
    if (coding === undefined && UNREADABLE_CODINGS.has(token))
      return stopped(bytes, "unasked", token, "it cannot be undone here");
    if (coding === undefined || !isPacked(coding, bytes)) {
      const note = { kind: "no-such-coding", coding: token.slice(0, 60) } as const;
      if (!notes.some((known) => known.kind === note.kind && known.coding === note.coding)) notes.push(note);
      continue;
    }
    if (coding === limits.without) return stopped(bytes, "unasked", token, "it was not asked for");
    const step = await unfold(coding, bytes, limits);
    undone = token;
    bytes = step.bytes;
    const problem = step.broken === null ? null : ({ kind: "broken", coding: token, message: step.broken } as const);
    if (step.cut || problem !== null) return { bytes, coding: token, cut: step.cut, problem, notes };
  }
  return asItIs(bytes, undone, notes);
}

function asItIs(bytes: Uint8Array, coding: string | null, notes: readonly BodyNote[]): Unfolded {
  return { bytes, coding, cut: false, problem: null, notes };
}

function stopped(bytes: Uint8Array, kind: "unasked", coding: string, message: string): Unfolded {
  return { bytes, coding: null, cut: false, problem: { kind, coding, message }, notes: [] };
}

/** What a Content-Encoding lists, in the order it was applied, without what stands for nothing. */
function tokensOf(contentEncoding: string): string[] {
  return contentEncoding
    .split(",", 100)
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== "" && token !== "identity");
}

const CODINGS: ReadonlyMap<string, BodyCoding> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
]);

/** Whether bytes can be in this coding: by how they begin, and where it begins as anything, by not being readable. */
function isPacked(coding: BodyCoding, bytes: Uint8Array): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  switch (coding) {
    case "gzip":
      return a === 0x1f && b === 0x8b;
    case "zstd":
      return (
        (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) ||
        ((a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18)
      );
    case "deflate":
      return isZlib(bytes) || !isReadableText(bytes);
    case "br":
      return !isReadableText(bytes);
  }
}

/** How much zstd may keep of what it wrote, as a power of two: RFC 9659 allows 8 MiB on the web. */
const ZSTD_WINDOW_BITS_MAX = 23;

function decoderOf(coding: BodyCoding, bytes: Uint8Array) {
  const options = { chunkSize: 65_536 };
  switch (coding) {
    case "gzip":
      return createGunzip(options);
    case "deflate":
      // RFC 9110 means the zlib wrapper by "deflate"; some senders leave it out.
      return isZlib(bytes) ? createInflate(options) : createInflateRaw(options);
    case "br":
      return createBrotliDecompress(options);
    case "zstd":
      return createZstdDecompress({ ...options, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_BITS_MAX } });
  }
}

/** RFC 1950 section 2.2: method 8, and a check over both bytes. */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

type Step = { readonly bytes: Uint8Array; readonly cut: boolean; readonly broken: string | null };

async function unfold(coding: BodyCoding, packed: Uint8Array, { bytesMax, inputIsCut }: UnfoldLimits): Promise<Step> {
  const decoder = decoderOf(coding, packed);
  const chunks: Buffer[] = [];
  let size = 0;
  let broken: string | null = null;
  decoder.on("error", () => undefined);
  decoder.end(packed);
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > bytesMax) break;
    }
  } catch (error) {
    const isEnd = (error as { code?: unknown }).code === "Z_BUF_ERROR";
    if (inputIsCut !== true || !isEnd) broken = error instanceof Error ? error.message : String(error);
  }
  const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  return { bytes: bytes.subarray(0, bytesMax), cut: size > bytesMax, broken };
}
