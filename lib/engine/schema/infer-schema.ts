import type { Json, JsonObject } from "#lib/core/json.ts";
import type { SeenField } from "#lib/engine/schema/schema-proposal.ts";

const DEPTH_MAX = 20;
const NAMES_MAX = 200;
const FIELDS_MAX = 300;

/** What was seen at one place of several bodies. */
type Shape = {
  types: Set<"null" | "boolean" | "integer" | "number" | "string" | "array" | "object">;
  objects: number;
  names: Map<string, { seen: number; shape: Shape }>;
  items: Shape | null;
};

/**
 * A JSON Schema that all samples fit: types with null where it was seen, whole numbers told from others, required what
 * is in every object of its place. Values are not guessed at (no enums, lengths or patterns), and nothing more is
 * forbidden.
 */
export function inferSchema(samples: readonly Json[], depthMax: number = DEPTH_MAX): JsonObject {
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...schemaOf(shapeOf(samples), depthMax) };
}

/** The fields of the samples in the order they were first seen, at most 300. */
export function listSeenFields(samples: readonly Json[]): SeenField[] {
  const fields: SeenField[] = [];
  collect(shapeOf(samples), [], true, fields);
  return fields.slice(0, FIELDS_MAX);
}

function shapeOf(samples: readonly Json[]): Shape {
  const shape = emptyShape();
  for (const sample of samples) look(shape, sample, 0);
  return shape;
}

function emptyShape(): Shape {
  return { types: new Set(), objects: 0, names: new Map(), items: null };
}

function look(shape: Shape, value: Json, depth: number): void {
  shape.types.add(typeOf(value));
  if (typeof value !== "object" || value === null || depth >= DEPTH_MAX) return;
  if (Array.isArray(value)) {
    shape.items ??= emptyShape();
    for (const item of value) look(shape.items, item, depth + 1);
    return;
  }
  shape.objects += 1;
  for (const [name, inner] of Object.entries(value)) {
    let known = shape.names.get(name);
    if (known === undefined) {
      // An object with this many names is a table by id, not a record.
      if (shape.names.size >= NAMES_MAX) continue;
      known = { seen: 0, shape: emptyShape() };
      shape.names.set(name, known);
    }
    known.seen += 1;
    look(known.shape, inner, depth + 1);
  }
}

function typeOf(value: Json): "null" | "boolean" | "integer" | "number" | "string" | "array" | "object" {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value as "boolean" | "string" | "object";
}

function typesOf({ types }: Shape): string[] {
  return [...types].filter((type) => type !== "integer" || !types.has("number"));
}

function schemaOf(shape: Shape, depthLeft: number): JsonObject {
  const types = typesOf(shape);
  if (types.length === 0) return {};
  const schema: JsonObject = { type: types.length === 1 ? (types[0] ?? "") : types };
  if (depthLeft <= 0) return schema;
  if (shape.names.size > 0) {
    const required = [...shape.names].filter(([, { seen }]) => seen === shape.objects).map(([name]) => name);
    if (required.length > 0) schema["required"] = required;
    schema["properties"] = Object.fromEntries(
      [...shape.names].map(([name, inner]) => [name, schemaOf(inner.shape, depthLeft - 1)]),
    );
  }
  if (shape.items !== null && shape.items.types.size > 0) schema["items"] = schemaOf(shape.items, depthLeft - 1);
  return schema;
}

function collect(shape: Shape, path: readonly string[], always: boolean, fields: SeenField[]): void {
  if (fields.length >= FIELDS_MAX) return;
  if (path.length > 0 && path.at(-1) !== "[]") fields.push({ path, types: typesOf(shape), always });
  for (const [name, { seen, shape: inner }] of shape.names)
    collect(inner, [...path, name], seen === shape.objects, fields);
  if (shape.items !== null) collect(shape.items, [...path, "[]"], true, fields);
}
