import type { Json } from "#lib/core/json.ts";
import type { TemplateValue } from "./encode.ts";
import type { TemplateField } from "./input-fields.ts";
import { type Rendered, type RenderWarning, renderTemplate } from "./render-template.ts";

/** A warning with the field it belongs to. */
export type InputWarning = RenderWarning & { path: readonly (string | number)[]; label: string };

/**
 * An input with every template rendered, or the one field that must not be sent. `message` names the field and the
 * reason.
 */
export type InputRendering =
  | { kind: "rendered"; input: Json; warnings: InputWarning[] }
  | {
      kind: "refused";
      code: string;
      path: readonly (string | number)[];
      label: string;
      source: string;
      position: number;
      message: string;
    };

/** The expressions of all fields in evaluation order, each with an id that is stable for the input. */
export function listExpressions(fields: readonly TemplateField[]): { id: string; source: string }[] {
  return fields.flatMap((field) =>
    field.segments.flatMap((segment) =>
      segment.kind === "expression" ? [{ id: `${field.path.join(".")}@${segment.start}`, source: segment.source }] : [],
    ),
  );
}

/**
 * Puts the values (one per expression of `listExpressions`, in that order) into the input. A field that is left out
 * disappears, with its whole row where it stands in a row of a list; a list in a query row becomes several rows.
 */
export function renderInput(
  input: Json,
  fields: readonly TemplateField[],
  values: readonly TemplateValue[],
): InputRendering {
  const rendered = new Map<string, Exclude<Rendered, { kind: "refused" }>>();
  const warnings: InputWarning[] = [];
  let next = 0;
  for (const field of fields) {
    const count = field.segments.filter((segment) => segment.kind === "expression").length;
    const result = renderTemplate(
      field.segments,
      values.slice(next, next + count),
      field.meta.place,
      field.meta.required ?? false,
    );
    next += count;
    const refusal = refusalOf(field, result);
    if (refusal !== null) return refusal;
    if (result.kind === "refused") continue;
    warnings.push(...result.warnings.map((warning) => ({ ...warning, path: field.path, label: field.meta.label })));
    rendered.set(pathKey(field.path), result);
  }
  const [value] = fill(input, [], rendered, false);
  return { kind: "rendered", input: value ?? null, warnings };
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
  const source = first?.kind === "expression" ? first.source : "";
  const why = source === "" ? "" : `: ${shorten(source)} gave nothing`;
  return {
    ...common,
    code: "blank",
    source,
    position: first?.start ?? 0,
    message: `${label} is empty for this event${why}.`,
  };
}

type Filling = ReadonlyMap<string, Exclude<Rendered, { kind: "refused" }>>;

/** The value with its templates filled in: none when it is left out, several when a list repeats its row. */
function fill(value: Json, path: readonly (string | number)[], rendered: Filling, inRow: boolean): Json[] {
  const own = rendered.get(pathKey(path));
  if (own !== undefined) return own.kind === "left-out" ? [] : [own.value];
  if (Array.isArray(value)) {
    return [value.flatMap((item, index) => fill(item, [...path, index], rendered, true))];
  }
  if (typeof value !== "object" || value === null) return [value];

  const entries: [string, Json][] = [];
  let repeated: { key: string; values: Json[] } | null = null;
  for (const [key, member] of Object.entries(value)) {
    const here = [...path, key];
    const filled = fill(member, here, rendered, false)[0];
    const templated = rendered.has(pathKey(here));
    if (filled === undefined && inRow) return [];
    if (filled === undefined) continue;
    if (templated && inRow && Array.isArray(filled)) repeated = { key, values: filled };
    entries.push([key, filled]);
  }
  const row = Object.fromEntries(entries);
  if (repeated === null) return [row];
  const { key, values } = repeated;
  return values.map((single) => ({ ...row, [key]: single }));
}

function pathKey(path: readonly (string | number)[]): string {
  return JSON.stringify(path);
}

function shorten(source: string): string {
  const text = `\`${source.replace(/\s+/g, " ")}\``;
  return text.length > 80 ? `${text.slice(0, 76)}…\`` : text;
}
