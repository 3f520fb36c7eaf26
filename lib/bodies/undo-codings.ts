import { isDeepStrictEqual } from "node:util";
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
import { isTextType, readContentType } from "#lib/bodies/content-type.ts";

/** Codings a body may be sent in (RFC 9110 section 8.4.1, RFC 8878). */
export type BodyCoding = "gzip" | "deflate" | "br" | "zstd";

/**
 * How a body is unfolded. `inputIsCut`: its end is missing for a reason of ours, so a coding that breaks off is none.
 */
export type UnfoldLimits = {
  readonly bytesMax: number;
  readonly inputIsCut?: boolean;
  readonly without?: BodyCoding;
  /** Its Content-Type says that it is text: what begins as gzip or zstd is compressed, said or not. */
  readonly isText?: boolean;
};

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
 * in, unless they show that they are in another one. Unpacks on Node's thread pool.
 */
export async function undoCodings(
  sent: Uint8Array,
  contentEncoding: string | null,
  limits: UnfoldLimits,
): Promise<Unfolded> {
  const notes: BodyNote[] = [];
  const tokens = contentEncoding === null ? [] : tokensOf(contentEncoding);
  if (sent.length === 0 || (tokens.length === 0 && unsaidCoding(sent, limits) === null))
    return asItIs(sent, null, notes);
  if (tokens.length > CODINGS_MAX)
    return stopped(sent, "unasked", contentEncoding ?? "", "it is encoded too many times");
  let bytes = sent;
  let undone: string | null = null;
  for (const token of tokens.toReversed()) {
    const named = CODINGS.get(token);
    if (named === undefined && UNREADABLE_CODINGS.has(token))
      return stopped(bytes, "unasked", token, "it cannot be undone here");
    const tried = named === undefined ? [] : codingsOf(named, bytes);
    if (limits.without !== undefined && tried[0] === limits.without)
      return stopped(bytes, "unasked", token, "it was not asked for");
    const step = await unfoldFirst(tried, bytes, limits);
    if (step === null) {
      noteOnce(notes, { kind: "no-such-coding", coding: token.slice(0, 60) });
      continue;
    }
    if (step.coding !== named) noteOnce(notes, { kind: "other-coding", declared: token, used: step.coding });
    undone = token;
    bytes = step.bytes;
    const problem = step.broken === null ? null : ({ kind: "broken", coding: token, message: step.broken } as const);
    if (step.cut || problem !== null) return { bytes, coding: token, cut: step.cut, problem, notes };
  }
  const unsaid = undone === null ? unsaidCoding(bytes, limits) : null;
  const step = unsaid === null ? null : await unfold(unsaid, bytes, limits);
  if (unsaid === null || step === null || step.broken !== null) return asItIs(bytes, undone, notes);
  noteOnce(notes, { kind: "unsaid-coding", used: unsaid });
  return { bytes: step.bytes, coding: unsaid, cut: step.cut, problem: null, notes };
}

/** Whether a body that is text by its type may be compressed although its Content-Encoding does not say so. */
export function isPackedText(contentType: string | null, bytes: Uint8Array): boolean {
  return beginsAs(bytes) !== null && isTextType(readContentType(contentType).type);
}

function unsaidCoding(bytes: Uint8Array, { isText }: UnfoldLimits): BodyCoding | null {
  return isText === true ? beginsAs(bytes) : null;
}

/** Brotli and deflate begin as anything: what gives not one byte before it breaks is in neither. */
async function unfoldFirst(
  tried: readonly BodyCoding[],
  bytes: Uint8Array,
  limits: UnfoldLimits,
): Promise<(Step & { coding: BodyCoding }) | null> {
  for (const coding of tried) {
    const step = await unfold(coding, bytes, limits);
    const isNone = (coding === "br" || coding === "deflate") && step.broken !== null && step.bytes.length === 0;
    if (!isNone) return { ...step, coding };
  }
  return null;
}

function noteOnce(notes: BodyNote[], note: BodyNote): void {
  if (!notes.some((known) => isDeepStrictEqual(known, note))) notes.push(note);
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
    .map((token) => bareToken(token))
    .filter((token) => token !== "" && token !== "identity");
}

/** Without the quotation marks and weights (`gzip;q=1`) that belong elsewhere. */
function bareToken(token: string): string {
  return token.replace(/;.*$/s, "").replaceAll('"', "").trim().toLowerCase();
}

const CODINGS: ReadonlyMap<string, BodyCoding> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
]);

/**
 * The codings bytes may be in where this one is named, none for bytes as they are: gzip and zstd are told by how they
 * begin, and zlib too where the bytes are no text. Brotli begins as anything, so it is tried unless the bytes are
 * readable.
 */
function codingsOf(named: BodyCoding, bytes: Uint8Array): BodyCoding[] {
  const begins = beginsAs(bytes);
  if (named !== "br" && begins !== null) return [begins];
  if (isReadableText(bytes) && !(named === "deflate" && isZlib(bytes))) return [];
  if (named === "br") return begins === null ? ["br"] : ["br", begins];
  return named === "deflate" || isZlib(bytes) ? ["deflate"] : [];
}

function beginsAs(bytes: Uint8Array): "gzip" | "zstd" | null {
  const a = bytes[0] ?? 0;
  // Looked at for every request: most bodies begin with a brace.
  if (a !== 0x1f && a !== 0x28 && (a & 0xf0) !== 0x50) return null;
  const [, b = 0, c = 0, d = 0] = bytes;
  if (a === 0x1f && b === 0x8b) return "gzip";
  const isFrame = a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd;
  const isSkippable = (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18;
  return isFrame || isSkippable ? "zstd" : null;
}

/** Most zstd frames of one body: each takes a decoder of its own (a third of a millisecond), an empty one 13 bytes. */
const FRAMES_MAX = 100;

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

/** Undoes a coding; zstd frame by frame, because a decoder ends with the first (RFC 8878 section 3 allows several). */
async function unfold(coding: BodyCoding, packed: Uint8Array, limits: UnfoldLimits): Promise<Step> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (let rest = packed; ; ) {
    const bytesMax = limits.bytesMax - size;
    const frame = await unfoldOne(coding, rest, { ...limits, bytesMax });
    chunks.push(frame.bytes);
    size += frame.bytes.length;
    rest = rest.subarray(frame.taken);
    const goesOn = coding === "zstd" && frame.taken > 0 && beginsAs(rest) === "zstd";
    const broken = goesOn && chunks.length === FRAMES_MAX ? "it has too many frames" : frame.broken;
    if (goesOn && !frame.cut && broken === null) continue;
    const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    return { bytes, cut: frame.cut, broken };
  }
}

/** `taken`: how much of the packed bytes that was. */
async function unfoldOne(
  coding: BodyCoding,
  packed: Uint8Array,
  { bytesMax, inputIsCut }: UnfoldLimits,
): Promise<Step & { bytes: Buffer; taken: number }> {
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
  return { bytes: bytes.subarray(0, bytesMax), cut: size > bytesMax, broken, taken: decoder.bytesWritten };
}
