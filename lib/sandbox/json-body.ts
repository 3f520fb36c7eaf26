import { findJsonError } from "#lib/core/json-error.ts";
import { type BodyProblem, keysMax, problemsMax } from "./body-view.ts";
import { losesDigits, scanJson } from "./json-scan.ts";
import { depthMax } from "./limits.ts";

/** A JSON text parsed, or the reason it has no parsed view. */
export type JsonReading =
  | { kind: "parsed"; value: unknown; problems: BodyProblem[] }
  | { kind: "refused"; problems: BodyProblem[] };

/**
 * Parses JSON text after one pass over it that refuses what would block or break later stages (depth, key count)
 * and notes what JSON.parse loses: digits, and all but the last of duplicate keys. Numbers beyond a double are null.
 */
export function parseJsonText(text: string): JsonReading {
  const scan = scanJson(text, { depthMax, keysMax, findingsMax: problemsMax });
  if (scan.kind === "too-deep") return { kind: "refused", problems: [{ kind: "too-deep", depthMax }] };
  if (scan.kind === "too-many-keys") return { kind: "refused", problems: [{ kind: "too-many-keys", keysMax }] };
  let value: unknown;
  try {
    value = scan.overflows
      ? JSON.parse(text, (_key, member: unknown) =>
          typeof member === "number" && !Number.isFinite(member) ? null : member,
        )
      : JSON.parse(text);
  } catch {
    return { kind: "refused", problems: [parseError(text)] };
  }
  return { kind: "parsed", value, problems: scan.findings };
}

/** A JSON text that `parseJsonText` parsed, with every number that would lose digits as the text it was written in. */
export function parseExactJson(text: string): unknown {
  const asWritten = (_key: string, member: unknown, context?: { source?: string }): unknown => {
    const written = context?.source;
    return typeof member === "number" && written !== undefined && losesDigits(written) ? written : member;
  };
  return JSON.parse(text, asWritten);
}

function parseError(text: string): BodyProblem {
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
