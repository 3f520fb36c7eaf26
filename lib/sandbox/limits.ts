import { CONTEXT_CHARS_MAX, SENT_BYTES_MAX } from "#lib/core/size-limits.ts";

/** Longest JSONata source that is compiled, in UTF-8 bytes; longer ones are refused at save and at run. */
export const sourceBytesMax = 8 * 1024;

/** Largest result an expression may have, as UTF-8 JSON. */
export const resultBytesMax = SENT_BYTES_MAX;

/** Deepest nesting of a result. */
export const depthMax = 64;

/** Largest context (the data an expression sees), as JSON text. */
export const contextCharsMax = CONTEXT_CHARS_MAX;

/** Processor time an expression may take before its process is killed; wall time where the system does not tell. */
export const deadlineMsDefault = 1000;

/**
 * Wall time after which a process that used no processor at all meanwhile is killed: it sleeps. One that waits for a
 * processor still gets a little now and then.
 */
export const standstillMsDefault = 30_000;

/** How long before the kill JSONata's own clock stops an expression that still listens to it. */
export const gracefulStopMs = 200;

/**
 * Processor time reading a large delivery may take. It ends by itself: 16 MB take a processor 0.1 to 0.6 s, however
 * they are made; slower processors exist.
 */
export const readDeliveryMs = 8000;

/** V8 heap of a child. Reaching it ends the child, never the host. */
const childHeapMib = 112;

/** Resident memory at which a child is killed, heap and everything else together. */
const childRssBytesMax = 256 * 1024 * 1024;

/** Resident memory with which a child may go on to the next task after a slow one; a fresh one has about 80 MiB. */
export const childRssBytesKept = 160 * 1024 * 1024;

/** Nesting of JSONata evaluations (recursion that is not a tail call). */
const stackMax = 500;

/** Longest sequence or range JSONata may build. */
export const sequenceMax = 250_000;

/** Longest string `$pad` may make, in characters. */
const padCharsMax = 100_000;

/** Longest text and picture the date and number functions take, in characters. */
const pictureCharsMax = 128;

/** Longest number in words that `$parseInteger` takes, in characters. */
const numberWordsCharsMax = 1_000;

/** Longest string the functions that copy into native memory take, in characters. */
const nativeTextCharsMax = SENT_BYTES_MAX;

/** Longest JSON Schema that is compiled, in characters. */
export const schemaCharsMax = 64 * 1024;

/** Deepest nesting of a JSON Schema's text. */
export const schemaDepthMax = 100;

/** Compiled schemas a child keeps; the one used longest ago goes. */
export const compiledSchemasMax = 50;

/** Most misfits that are listed for one body. */
export const misfitsMax = 10;

/** What one child may use; a sandbox may be given tighter bounds than these. */
export type SandboxLimits = {
  /** Longest source, in UTF-8 bytes. */
  readonly sourceBytes: number;
  /** Largest result, in UTF-8 bytes of JSON. */
  readonly resultBytes: number;
  /** Deepest nesting of a result. */
  readonly depth: number;
  /** Nesting of evaluations that are not tail calls. */
  readonly stack: number;
  /** Longest sequence or range. */
  readonly sequence: number;
  /** Longest text `$pad` makes, in characters. */
  readonly padChars: number;
  /** Longest text and picture of the date and number functions, in characters. */
  readonly pictureChars: number;
  /** Longest number in words, in characters. */
  readonly numberWordsChars: number;
  /** Longest text that is copied into native memory, in characters. */
  readonly nativeTextChars: number;
  /** V8 heap, in MiB. */
  readonly heapMib: number;
  /** Resident memory, in bytes. */
  readonly rssBytes: number;
};

/** The bounds of every sandbox that flows run in. */
export const sandboxLimits: SandboxLimits = {
  sourceBytes: sourceBytesMax,
  resultBytes: resultBytesMax,
  depth: depthMax,
  stack: stackMax,
  sequence: sequenceMax,
  padChars: padCharsMax,
  pictureChars: pictureCharsMax,
  numberWordsChars: numberWordsCharsMax,
  nativeTextChars: nativeTextCharsMax,
  heapMib: childHeapMib,
  rssBytes: childRssBytesMax,
};
