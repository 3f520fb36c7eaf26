import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import type { FieldMeta } from "#lib/engine/action.ts";
import { parseTemplate, type Segment, wholeExpression } from "./parse-template.ts";
import { readJsonPlaces } from "./render-json-body.ts";

/** A text of an action's input that is a template. Its expressions are `segments` of kind expression, in order. */
export type TemplateField = { path: readonly (string | number)[]; meta: FieldMeta; segments: Segment[] };

/** A template that cannot be read; `position` is an offset into the field's text. */
export type FieldProblem = { path: readonly (string | number)[]; label: string; position: number; message: string };

/** The templates in an input, and what is wrong with those that do not read. */
export type InputReading = { fields: TemplateField[]; problems: FieldProblem[] };

/** Finds every template in an action's stored input by the `hookline` metadata of the action's schema. */
export function readInputFields(schema: z.ZodType, input: Json): InputReading {
  const reading: InputReading = { fields: [], problems: [] };
  visit(schema, input, [], null, reading);
  return reading;
}

function visit(
  schema: unknown,
  value: Json | undefined,
  path: readonly (string | number)[],
  outer: FieldMeta | null,
  reading: InputReading,
): void {
  if (!(schema instanceof z.ZodType) || value === undefined || value === null) return;
  const meta = readMeta(schema) ?? outer;
  if (typeof value === "string") {
    const found = meta ?? innerMeta(schema);
    if (found !== null && found.place !== "plain") addField(value, path, found, reading);
    return;
  }
  const def = schema.def as unknown as { type: string; [key: string]: unknown };
  switch (def.type) {
    case "object": {
      if (typeof value !== "object" || Array.isArray(value)) return;
      const shape = (schema as z.ZodObject).shape as Record<string, unknown>;
      for (const [key, member] of Object.entries(value))
        visit(shape[key] ?? def["catchall"], member, [...path, key], null, reading);
      return;
    }
    case "array":
      if (!Array.isArray(value)) return;
      for (const [index, item] of value.entries()) visit(def["element"], item, [...path, index], meta, reading);
      return;
    case "record":
      if (typeof value === "object" && !Array.isArray(value)) {
        for (const [key, member] of Object.entries(value))
          visit(def["valueType"], member, [...path, key], meta, reading);
      }
      return;
    case "union":
      return visit(chooseOption(def["options"] as unknown[], value), value, path, meta, reading);
    case "pipe":
      return visit(def["in"], value, path, meta, reading);
    case "lazy":
      return visit((def["getter"] as () => unknown)(), value, path, meta, reading);
    default:
      return visit(def["innerType"], value, path, meta, reading);
  }
}

function addField(text: string, path: readonly (string | number)[], meta: FieldMeta, reading: InputReading): void {
  const bare = meta.place === "value" && text.trim() !== "" && !text.includes("{{");
  // A field for a value takes an expression without braces too.
  const parsed = bare ? { kind: "parsed" as const, segments: wholeExpression(text) } : parseTemplate(text);
  const problem = (position: number, message: string) =>
    reading.problems.push({ path, label: meta.label, position, message });
  if (parsed.kind === "error") return void problem(parsed.position, parsed.message);
  if (meta.place === "jsonBody" && text.trim() !== "") {
    const places = readJsonPlaces(
      parsed.segments.map((segment) => (segment.kind === "text" ? segment.text : { length: segment.raw.length })),
    );
    if (places.kind === "error") return void problem(Math.min(places.offset, text.length), places.message);
  }
  reading.fields.push({ path, meta, segments: parsed.segments });
}

function readMeta(schema: z.ZodType): FieldMeta | null {
  const meta = z.globalRegistry.get(schema) as { hookline?: FieldMeta } | undefined;
  return meta?.hookline ?? null;
}

/** The metadata below wrappers such as optional and default. */
function innerMeta(schema: z.ZodType): FieldMeta | null {
  let current: unknown = schema;
  for (let depth = 0; depth < 10 && current instanceof z.ZodType; depth++) {
    const meta = readMeta(current);
    if (meta !== null) return meta;
    const def = current.def as unknown as { innerType?: unknown; in?: unknown; options?: unknown[] };
    current =
      def.innerType ??
      def.in ??
      def.options?.find((option) => option instanceof z.ZodType && readMeta(option) !== null);
  }
  return null;
}

/** The option of a union the value belongs to: by its literal members first, else the first that takes it. */
function chooseOption(options: readonly unknown[], value: Json): unknown {
  const record = typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  const byLiteral = options.find((option) => {
    if (record === null || !(option instanceof z.ZodObject)) return false;
    const literals = Object.entries(option.shape).filter(([, member]) => member instanceof z.ZodLiteral);
    return literals.length > 0 && literals.every(([key, member]) => member.safeParse(record[key]).success);
  });
  return byLiteral ?? options.find((option) => option instanceof z.ZodType && option.safeParse(value).success);
}
