import { findJsonError } from "#lib/core/json-error.ts";
import {
  encodeFilled,
  type Filled,
  type Piece,
  type Rendered,
  type RenderWarning,
  refuse,
  warn,
} from "./render-pieces.ts";
import { withoutMarked } from "./without-marked.ts";

/** Where the expressions of a JSON template stand, in order: inside quotation marks, or in the place of a value. */
export type JsonPlaces =
  | { kind: "read"; places: ("jsonString" | "jsonValue")[] }
  | { kind: "error"; offset: number; message: string };

const REMOVED = JSON.stringify("\u0000left out\u0000");

/**
 * Renders a JSON body: inside quotation marks a value is escaped into the text, elsewhere it becomes a JSON value.
 * The result always parses; a property whose value is set to be left out is removed.
 */
export function renderJsonBody(pieces: readonly Piece[]): Rendered {
  const warnings: RenderWarning[] = [];
  let text = "";
  let inString = false;
  let removes = false;
  let lastFilled: Filled | null = null;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      inString = endsInString(piece, inString);
      text += piece;
      continue;
    }
    lastFilled = piece;
    const encoded = encodeFilled(inString ? "jsonString" : "jsonValue", piece, false);
    if (encoded.kind === "refused") return refuse(piece, encoded);
    if (encoded.kind === "text") {
      text += encoded.text;
      if (encoded.warning !== undefined) warnings.push(warn(piece, encoded.warning));
    } else if (encoded.kind === "left-out") {
      removes ||= !inString;
      if (!inString) text += REMOVED;
    }
  }
  if (text.trim() === "") return { kind: "left-out", warnings };
  // What is filled in is JSON at every place, so the whole is JSON exactly where the template is.
  const places = readJsonPlaces(pieces.map((piece) => (typeof piece === "string" ? piece : { length: 4 })));
  if (places.kind === "error") {
    const at = {
      source: lastFilled?.segment.source ?? "",
      position: lastFilled?.segment.start ?? 0,
      came: text.slice(0, 60),
    };
    return {
      kind: "refused",
      refusal: { code: "bad-json", message: "With these values the body is not valid JSON.", ...at },
    };
  }
  if (!removes) return { kind: "rendered", value: text, warnings };
  const kept = withoutMarked(text, REMOVED);
  return kept === null ? { kind: "left-out", warnings } : { kind: "rendered", value: kept, warnings };
}

/**
 * Reads where each `{{ }}` of a JSON template stands and whether the text around them is JSON, before any value is
 * known.
 */
export function readJsonPlaces(pieces: readonly (string | { length: number })[]): JsonPlaces {
  const places: ("jsonString" | "jsonValue")[] = [];
  let probe = "";
  let inString = false;
  for (const piece of pieces) {
    if (typeof piece !== "string") {
      places.push(inString ? "jsonString" : "jsonValue");
      // As long as the expression is written, so that offsets are those of the template.
      probe += inString ? "x".repeat(piece.length) : "null".padEnd(piece.length);
    } else {
      inString = endsInString(piece, inString);
      probe += piece;
    }
  }
  const broken = findJsonError(probe);
  if (broken === null) return { kind: "read", places };
  return { kind: "error", offset: broken.offset, message: `The body is not valid JSON at line ${broken.line}.` };
}

function endsInString(text: string, inString: boolean): boolean {
  let inside = inString;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (inside && char === "\\") at++;
    else if (char === '"') inside = !inside;
  }
  return inside;
}
