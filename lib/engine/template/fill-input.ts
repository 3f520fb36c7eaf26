import { isJsonObject, type Json } from "#lib/core/json.ts";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";
import type { FieldMeta } from "#lib/engine/action.ts";
import { isScalar } from "./encode.ts";
import type { Rendered } from "./render-pieces.ts";
import { LIST_STYLES, type ListStyle, spreadField } from "./spread-field.ts";

type Path = readonly (string | number)[];

/** An input as stored, and what its templates have come to so far, by `pathKey`. */
export type Filling = {
  input: Json;
  fields: Map<string, { rendered: Exclude<Rendered, { kind: "refused" }>; meta: FieldMeta }>;
};

/** An input with its templates filled in, or the field whose list cannot become rows in the style chosen. */
export type FilledInput = { kind: "filled"; value: Written } | { kind: "refused"; path: Path };

/** Fills in what the templates came to. Fields left out are gone, with their row where they stand in one. */
export function fillInput(filling: Filling): FilledInput {
  const refused: Path[] = [];
  const [value] = fill(filling.input, [], filling, false, refused);
  const [path] = refused;
  return path === undefined ? { kind: "filled", value: value ?? null } : { kind: "refused", path };
}

/** The text a field comes to, as far as it is known; null where it is left out or no text. */
export function textAt(path: Path, { input, fields }: Filling): string | null {
  const own = fields.get(pathKey(path));
  if (own !== undefined)
    return own.rendered.kind === "rendered" && typeof own.rendered.value === "string" ? own.rendered.value : null;
  const written = at(path, input);
  return typeof written === "string" ? written : null;
}

/** One text for a path, to look it up by. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** The value with its templates filled in: none when it is left out, several when a list repeats its row. */
function fill(value: Json, path: Path, filling: Filling, inRow: boolean, refused: Path[]): Written[] {
  const own = filling.fields.get(pathKey(path));
  if (own !== undefined) return own.rendered.kind === "left-out" ? [] : [own.rendered.value];
  if (Array.isArray(value))
    return [value.flatMap((item, index) => fill(item, [...path, index], filling, true, refused))];
  if (typeof value !== "object" || value === null) return [value];

  const entries: [string, Written][] = [];
  let spread: { key: string; value: Written; path: Path; meta: FieldMeta } | null = null;
  for (const [key, member] of Object.entries(value)) {
    const here = [...path, key];
    const filled = fill(member, here, filling, false, refused)[0];
    if (filled === undefined && inRow) return [];
    if (filled === undefined) continue;
    const meta = filling.fields.get(pathKey(here))?.meta;
    if (meta !== undefined && inRow && filled !== null && !isScalar(filled))
      spread = { key, value: filled, path: here, meta };
    entries.push([key, filled]);
  }
  const row = Object.fromEntries(entries);
  return spread === null ? [row] : spreadRow(row, spread, filling.input, refused);
}

function spreadRow(
  row: WrittenObject,
  { key, value, path, meta }: { key: string; value: Written; path: Path; meta: FieldMeta },
  input: Json,
  refused: Path[],
): Written[] {
  const style = meta.listsAt === undefined ? "repeat" : at(meta.listsAt, input);
  const name = typeof row["name"] === "string" ? row["name"] : "";
  const structures = meta.place === "formField" ? "json" : "refused";
  const rows = spreadField(name, value, isListStyle(style) ? style : "repeat", structures);
  if (rows === null) refused.push(path);
  return (rows ?? []).map((one) => ({ ...row, name: one.name, [key]: one.value }));
}

function isListStyle(value: Json | undefined): value is ListStyle {
  return typeof value === "string" && Object.hasOwn(LIST_STYLES, value);
}

function at(path: Path, input: Json): Json | undefined {
  let value: Json | undefined = input;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isJsonObject(value) ? value[String(key)] : undefined;
  }
  return value;
}
