import type { Json } from "#lib/core/json.ts";
import type { Written } from "#lib/core/json-text.ts";
import type { TemplateValue } from "./encode.ts";
import { type Filling, fillInput, pathKey, textAt } from "./fill-input.ts";
import type { TemplateField } from "./input-fields.ts";
import { placeOfField } from "./place-of-field.ts";
import type { Rendered, RenderWarning } from "./render-pieces.ts";
import { renderTemplate } from "./render-template.ts";

/** A warning with the field it belongs to. */
export type InputWarning = RenderWarning & { path: readonly (string | number)[]; label: string };

/**
 * An input with every template rendered, or the one field that must not be sent. `message` names the field and the
 * reason.
 */
export type InputRendering =
  | { kind: "rendered"; input: Written; warnings: InputWarning[] }
  | {
      kind: "refused";
      code: string;
      path: readonly (string | number)[];
      label: string;
      source: string;
      position: number;
      message: string;
    };

/**
 * The expressions of all fields in evaluation order, each with an id that is stable for the input and its field's
 * label.
 */
export function listExpressions(fields: readonly TemplateField[]): { id: string; source: string; label: string }[] {
  return fields.flatMap((field) =>
    field.segments.flatMap((segment) =>
      segment.kind === "expression"
        ? [{ id: `${field.path.join(".")}@${segment.start}`, source: segment.source, label: field.meta.label }]
        : [],
    ),
  );
}

/**
 * Puts the values (one per expression of `listExpressions`, in that order) into the input. A field that is left out
 * disappears, with its whole row where it stands in a row of a list; a list or object alone in a query or form row
 * becomes several rows in the style the input names.
 */
export function renderInput(
  input: Json,
  fields: readonly TemplateField[],
  values: readonly TemplateValue[],
): InputRendering {
  const filling: Filling = { input, fields: new Map() };
  const warnings: InputWarning[] = [];
  for (const { field, own } of inOrderOfNeed(fields, values)) {
    // What has no value in it stands as written whatever the place.
    const place =
      own.length === 0
        ? field.meta.place
        : placeOfField(field.meta, field.path, input, (path) => textAt(path, filling));
    const result = renderTemplate(field.segments, own, place, field.meta.required ?? false);
    const refusal = refusalOf(field, result);
    if (refusal !== null) return refusal;
    if (result.kind === "refused") continue;
    warnings.push(...result.warnings.map((warning) => ({ ...warning, path: field.path, label: field.meta.label })));
    filling.fields.set(pathKey(field.path), { rendered: result, meta: field.meta });
  }
  const filled = fillInput(filling);
  if (filled.kind === "filled") return { kind: "rendered", input: filled.value, warnings };
  const field = fields.find(({ path }) => pathKey(path) === pathKey(filled.path));
  const message = "The value holds lists or objects inside; this list style needs single texts.";
  return {
    kind: "refused",
    code: "not-text",
    path: filled.path,
    label: field?.meta.label ?? "",
    source: firstSource(field),
    position: 0,
    message: `${field?.meta.label ?? "A value"}: ${message} Choose brackets, numbers or JSON for lists.`,
  };
}

/** Fields whose place depends on another field come after those others. */
function inOrderOfNeed(
  fields: readonly TemplateField[],
  values: readonly TemplateValue[],
): { field: TemplateField; own: TemplateValue[] }[] {
  let next = 0;
  const all = fields.map((field) => {
    const from = next;
    next += field.segments.filter((segment) => segment.kind === "expression").length;
    return { field, own: values.slice(from, next) };
  });
  return [
    ...all.filter(({ field }) => field.meta.placeBy === undefined),
    ...all.filter(({ field }) => field.meta.placeBy !== undefined),
  ];
}

function refusalOf(field: TemplateField, result: Rendered): Extract<InputRendering, { kind: "refused" }> | null {
  const { label, required } = field.meta;
  const common = { kind: "refused", path: field.path, label } as const;
  if (result.kind === "refused") {
    const { code, source, position, came, message } = result.refusal;
    const words =
      code === "blank" && source !== ""
        ? `${label} is empty for this event: ${shorten(source)} is ${came}.`
        : `${label}: ${message}`;
    return { ...common, code, source, position, message: words };
  }
  const blank =
    result.kind === "left-out" ||
    result.value === null ||
    (typeof result.value === "string" && result.value.trim() === "");
  if (required !== true || !blank) return null;
  const first = field.segments.find((segment) => segment.kind === "expression");
  const source = firstSource(field);
  const why = source === "" ? "" : `: ${shorten(source)} gave nothing`;
  return {
    ...common,
    code: "blank",
    source,
    position: first?.start ?? 0,
    message: `${label} is empty for this event${why}.`,
  };
}

function firstSource(field: TemplateField | undefined): string {
  const first = field?.segments.find((segment) => segment.kind === "expression");
  return first?.kind === "expression" ? first.source : "";
}

function shorten(source: string): string {
  const text = `\`${source.replace(/\s+/g, " ")}\``;
  return text.length > 80 ? `${text.slice(0, 76)}…\`` : text;
}
