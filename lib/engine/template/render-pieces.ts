import { JsonText, type Written, writeJson } from "#lib/core/json-text.ts";
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
import type { ExpressionSegment } from "./parse-template.ts";

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

/** Says whether an expression came to nothing, null or an empty text. */
export function isEmpty(value: TemplateValue): boolean {
  if (value.kind === "nothing") return true;
  if (value.value instanceof JsonText) return value.value.text === "null" || value.value.text === '""';
  return value.value === null || value.value === "";
}

function describeValue(value: TemplateValue): string {
  if (value.kind === "nothing") return "nothing";
  if (isEmpty(value)) return writeJson(value.value) === "null" ? "null" : "empty";
  const text = isScalar(value.value) ? scalarText(value.value) : writeJson(value.value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
