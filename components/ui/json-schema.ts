import { isJsonObject, type Json, type JsonObject } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";

/** One of several shapes an input may have, told apart by a property with a fixed value. */
export type SchemaVariant = { tag: string; value: string; label: string; schema: JsonSchema };

/** The schema behind "X or null"; the schema itself otherwise. Meta of the outside wins. */
export function withoutNull(schema: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const choices = (schema.anyOf ?? schema.oneOf)?.filter((choice) => choice.type !== "null");
  const all = schema.anyOf ?? schema.oneOf;
  if (!choices || !all || choices.length === all.length || choices.length !== 1 || !choices[0])
    return { schema, nullable: false };
  return { schema: { ...choices[0], hookline: { ...choices[0].hookline, ...schema.hookline } }, nullable: true };
}

/** The shapes of a tagged union, or null when it is none. */
export function variantsOf(schema: JsonSchema): SchemaVariant[] | null {
  const choices = schema.oneOf ?? schema.anyOf;
  if (!choices || choices.length < 2) return null;
  const tag = Object.entries(choices[0]?.properties ?? {}).find(
    ([, property]) => typeof property.const === "string",
  )?.[0];
  if (tag === undefined) return null;
  const variants = choices.flatMap((choice) => {
    const value = choice.properties?.[tag]?.const;
    return typeof value === "string"
      ? [
          {
            tag,
            value,
            label: choice.hookline?.label ?? choice.properties?.[tag]?.hookline?.label ?? choice.title ?? value,
            schema: choice,
          },
        ]
      : [];
  });
  return variants.length === choices.length ? variants : null;
}

/** A value to start with, valid in shape though not necessarily filled in. */
export function blankOf(schema: JsonSchema): Json {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0] ?? null;
  const inner = withoutNull(schema);
  if (inner.nullable) return null;
  const variants = variantsOf(schema);
  if (variants?.[0]) return blankOf(variants[0].schema);
  switch (schema.type) {
    case "object": {
      const value: JsonObject = {};
      for (const [key, property] of Object.entries(schema.properties ?? {}))
        if (schema.required?.includes(key)) value[key] = blankOf(property);
      return value;
    }
    case "array":
      return [];
    case "boolean":
      return false;
    case "number":
    case "integer":
      return schema.minimum ?? 0;
    default:
      return "";
  }
}

/** A name for a field that has none: "firstMs" becomes "First ms". */
export function labelOf(key: string, schema: JsonSchema): string {
  if (schema.hookline?.label) return schema.hookline.label;
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The object with one property changed, or removed when the value is undefined. */
export function withProperty(value: Json, key: string, next: Json | undefined): JsonObject {
  const object = isJsonObject(value) ? { ...value } : {};
  if (next === undefined) delete object[key];
  else object[key] = next;
  return object;
}
