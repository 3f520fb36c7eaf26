import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { depthMax, keysMax, notesMax } from "#lib/bodies/limits.ts";
import { outlineJson } from "#lib/bodies/outline-json.ts";
import { scanJson } from "#lib/bodies/scan-json.ts";
import { wantNothing } from "#lib/bodies/wanted-places.ts";
import { findJsonError } from "#lib/core/json-error.ts";

/** A JSON text parsed, or the reason it has no parsed view. */
export type JsonReading =
  | { kind: "parsed"; value: unknown; notes: BodyNote[] }
  | { kind: "refused"; notes: BodyNote[] };

/**
 * Parses JSON text after one pass over it that refuses what would block or break later stages (depth, key count)
 * and notes what JSON.parse loses: digits, and all but the last of duplicate keys. Numbers beyond a double are null.
 */
export function parseJsonText(text: string): JsonReading {
  const scan = scanJson(text, { depthMax, keysMax, findingsMax: notesMax });
  if (scan.kind === "too-deep") return { kind: "refused", notes: [{ kind: "too-deep", depthMax }] };
  if (scan.kind === "too-many-keys") return { kind: "refused", notes: [{ kind: "too-many-keys", keysMax }] };
  let value: unknown;
  try {
    value = scan.overflows ? JSON.parse(text, withoutInfinity) : JSON.parse(text);
  } catch {
    return { kind: "refused", notes: [parseError(text)] };
  }
  return { kind: "parsed", value, notes: scan.findings };
}

/**
 * As `parseJsonText`, without making any value of it: memory does not grow with what is in the text, so that it may
 * have any number of keys.
 */
export function checkJsonText(text: string): JsonReading {
  const scan = scanJson(text, { depthMax, keysMax: Number.POSITIVE_INFINITY, findingsMax: notesMax });
  if (scan.kind !== "scanned") return { kind: "refused", notes: [{ kind: "too-deep", depthMax }] };
  return outlineJson(Buffer.from(text), wantNothing(), depthMax) === null
    ? { kind: "refused", notes: [parseError(text)] }
    : { kind: "parsed", value: undefined, notes: scan.findings };
}

function withoutInfinity(_key: string, member: unknown): unknown {
  return typeof member === "number" && !Number.isFinite(member) ? null : member;
}

/**
 * JSON texts one on each line as one JSON list; null when they are none. What does not say so must be at least two
 * lines, each an object, as Elasticsearch's bulk format and log shippers send them.
 */
export function joinJsonLines(text: string, declared: boolean): string | null {
  const lines: string[] = [];
  try {
    for (const line of jsonLinesOf(text)) {
      if (!declared && !(line.startsWith("{") && line.endsWith("}"))) return null;
      // Each on its own: lines that are JSON only together are none.
      if (!isShallow(line)) return null;
      lines.push(line);
    }
  } catch {
    return null;
  }
  return lines.length < (declared ? 1 : 2) ? null : `[${lines.join(",")}]`;
}

const RECORD_SEPARATOR = "\u001e";

/**
 * The lines that are not blank, without the space around them, one after the other: a text may be nothing but line
 * ends. What begins with the record separator of RFC 7464 is its records, which may have several lines.
 */
function* jsonLinesOf(text: string): Generator<string> {
  const separator = text.trimStart().startsWith(RECORD_SEPARATOR) ? RECORD_SEPARATOR : "\n";
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf(separator, from);
    const to = end < 0 ? text.length : end;
    const bare = text.slice(from, to).trim();
    if (bare !== "") yield bare;
    from = to + 1;
  }
}

function isShallow(line: string): boolean {
  const scan = scanJson(line, { depthMax: depthMax - 1, keysMax, findingsMax: 0 });
  if (scan.kind !== "scanned") return false;
  JSON.parse(line);
  return true;
}

function parseError(text: string): BodyNote {
  const { offset, line, column } = findJsonError(text) ?? { offset: text.length, line: 1, column: 1 };
  const what =
    offset >= text.length ? "it ends too early" : `${JSON.stringify(text.charAt(offset))} is not expected here`;
  return {
    kind: "parse-error",
    format: "json",
    message: `Not valid JSON at line ${line}, column ${column}: ${what}.`,
    line,
    column,
  };
}
