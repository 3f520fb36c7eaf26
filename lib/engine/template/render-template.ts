import type { FieldPlace } from "#lib/engine/action.ts";
import { isScalar, type TemplateValue } from "./encode.ts";
import type { Segment } from "./parse-template.ts";
import { renderAddresses } from "./render-addresses.ts";
import { renderJsonBody } from "./render-json-body.ts";
import { renderMarkup } from "./render-markup.ts";
import { encodeFilled, isEmpty, type Piece, type Rendered, type RenderWarning, refuse, warn } from "./render-pieces.ts";
import { renderUrl } from "./render-url.ts";

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
 * A query parameter's or form field's own value, not encoded yet: the action does that once for the whole list. A list
 * or object alone stays one; how it becomes rows is the list style's.
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
