import { JsonText, type Written, writeJson } from "#lib/core/json-text.ts";
import type { FieldPlace } from "#lib/engine/action.ts";
import {
  type Encoded,
  type EncodeRefusal,
  type EncodeWarning,
  encode,
  isScalar,
  type Place,
  scalarText,
  type TemplateValue,
} from "./encode.ts";
import type { ExpressionSegment, Segment } from "./parse-template.ts";
import { renderAddresses } from "./render-addresses.ts";
import { renderJsonBody } from "./render-json-body.ts";
import { renderMarkup } from "./render-markup.ts";
import { renderUrl } from "./render-url.ts";

/** A mark beside a rendered field: which expression, and what is unusual about its value. */
export type RenderWarning = { warning: EncodeWarning; source: string; position: number };

/** Why a field must not be sent: at which expression, and what that came to (shortened). */
export type RenderRefusal = {
  code: EncodeRefusal | "bad-json" | "value-in-scheme";
  message: string;
  source: string;
  position: number;
  came: string;
};

/** A field as it will be sent: its value, nothing at all, or the refusal to send. */
export type Rendered =
  | { kind: "rendered"; value: Written; warnings: RenderWarning[] }
  | { kind: "left-out"; warnings: RenderWarning[] }
  | { kind: "refused"; refusal: RenderRefusal };

/** One expression with the value it came to. */
export type Filled = { segment: ExpressionSegment; value: TemplateValue };

/** What a template is made of when it is rendered: literal text, and expressions with their values. */
export type Piece = string | Filled;

/**
 * Renders a template for its place. `values` holds one value per expression segment, in order. Static text is taken as
 * written; every value is encoded for where it stands. Pure.
 */
export function renderTemplate(
  segments: readonly Segment[],
  values: readonly TemplateValue[],
  place: FieldPlace,
  required: boolean,
): Rendered {
  const pieces = toPieces(segments, values);
  switch (place) {
    case "url":
      return renderUrl(pieces);
    case "jsonBody":
      return renderJsonBody(pieces);
    case "address":
      return renderAddresses(pieces, required);
    case "value":
      return renderValue(pieces);
    case "plain":
      return { kind: "rendered", value: segments.map((segment) => segment.raw).join(""), warnings: [] };
    case "html":
    case "xml":
      return renderMarkup(pieces, place);
    case "text":
    case "subject":
    case "header":
    case "name":
      return renderText(pieces, place, required);
    case "urlQuery":
    case "formField":
      return renderField(pieces, place);
  }
}

/** Encodes one value, with the expression's own `if empty` choice taken into account. */
export function encodeFilled(place: Place, filled: Filled, required: boolean): Encoded {
  const choice = filled.segment.ifEmpty;
  if (choice === null || !isEmpty(filled.value)) return encode(place, filled.value, required);
  switch (choice.kind) {
    case "stop":
      return { kind: "refused", code: "blank", message: "The value is empty, and this step is set to stop then." };
    case "use":
      return encode(place, { kind: "value", value: choice.text }, required);
    case "leave-out": {
      const encoded = encode(place, filled.value, required);
      return encoded.kind === "refused" ? encoded : { kind: "left-out" };
    }
  }
}

/** The refusal of one expression's value. */
export function refuse(filled: Filled, refused: Extract<Encoded, { kind: "refused" }>): Rendered {
  const { source, start } = filled.segment;
  const came = describeValue(filled.value);
  return { kind: "refused", refusal: { code: refused.code, message: refused.message, source, position: start, came } };
}

/** A warning about one expression's value. */
export function warn(filled: Filled, warning: EncodeWarning): RenderWarning {
  return { warning, source: filled.segment.source, position: filled.segment.start };
}

function isEmpty(value: TemplateValue): boolean {
  if (value.kind === "nothing") return true;
  if (value.value instanceof JsonText) return value.value.text === "null" || value.value.text === '""';
  return value.value === null || value.value === "";
}

function toPieces(segments: readonly Segment[], values: readonly TemplateValue[]): Piece[] {
  let next = 0;
  return segments.map((segment) => {
    if (segment.kind === "text") return segment.text;
    const value = values[next++];
    if (value === undefined) throw new Error("There are fewer values than expressions in the template.");
    return { segment, value };
  });
}

function renderText(
  pieces: readonly Piece[],
  place: "text" | "subject" | "header" | "name",
  required: boolean,
): Rendered {
  const warnings: RenderWarning[] = [];
  let text = "";
  // Beside other text a blank subject part is only blank; alone it is the whole field.
  const alone = pieces.length === 1;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      text += piece;
      continue;
    }
    const encoded = encodeFilled(place, piece, required && (alone || place === "header"));
    if (encoded.kind === "refused") return refuse(piece, encoded);
    if (encoded.kind === "left-out") {
      if (place === "header" || alone) return { kind: "left-out", warnings };
      warnings.push(warn(piece, "blank"));
    }
    if (encoded.kind === "text") {
      text += encoded.text;
      if (encoded.warning !== undefined) warnings.push(warn(piece, encoded.warning));
    }
  }
  return { kind: "rendered", value: text, warnings };
}

/**
 * A query parameter's or form field's own value, not encoded yet: the action does that once for the whole list. A list or
 * object alone stays one; how it becomes rows is the list style's.
 */
function renderField(pieces: readonly Piece[], place: "urlQuery" | "formField"): Rendered {
  const [sole] = pieces;
  if (pieces.length === 1 && sole !== undefined && typeof sole !== "string" && sole.value.kind === "value") {
    const { value } = sole.value;
    if (value !== null && !isScalar(value)) return { kind: "rendered", value, warnings: [] };
  }
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") {
      text += piece;
      continue;
    }
    const encoded = encodeFilled(place, piece, false);
    if (encoded.kind === "refused") return refuse(piece, encoded);
    if (encoded.kind === "left-out") return { kind: "left-out", warnings: [] };
    if (encoded.kind === "texts") {
      return refuse(piece, {
        kind: "refused",
        code: "not-text",
        message: "The value is a list; beside other text a single text is needed.",
      });
    }
    if (encoded.kind === "text") text += place === "urlQuery" ? decodeURIComponent(encoded.text) : encoded.text;
  }
  return { kind: "rendered", value: text, warnings: [] };
}

/** One expression alone keeps its type; beside text it becomes text. */
function renderValue(pieces: readonly Piece[]): Rendered {
  const [sole] = pieces;
  if (pieces.length !== 1 || sole === undefined || typeof sole === "string") return renderText(pieces, "text", false);
  const { value, segment } = sole;
  if (segment.ifEmpty !== null && isEmpty(value)) {
    const choice = segment.ifEmpty;
    if (choice.kind === "leave-out") return { kind: "left-out", warnings: [] };
    if (choice.kind === "use") return { kind: "rendered", value: choice.text, warnings: [] };
    return refuse(sole, {
      kind: "refused",
      code: "blank",
      message: "The value is empty, and this step is set to stop then.",
    });
  }
  return value.kind === "nothing"
    ? { kind: "left-out", warnings: [] }
    : { kind: "rendered", value: value.value, warnings: [] };
}

function describeValue(value: TemplateValue): string {
  if (value.kind === "nothing") return "nothing";
  if (isEmpty(value)) return writeJson(value.value) === "null" ? "null" : "empty";
  const text = isScalar(value.value) ? scalarText(value.value) : writeJson(value.value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
