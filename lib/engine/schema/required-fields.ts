import { isJsonObject, type Json, type JsonObject } from "#lib/core/json.ts";
import type { FieldPath } from "#lib/engine/schema/schema-proposal.ts";

/** A schema that asks for these fields and nothing else; what holds a field is asked for with it. */
export function requireFields(paths: readonly FieldPath[]): JsonObject {
  const root: Node = { names: new Map(), items: null };
  for (const path of paths) add(root, path);
  return schemaOf(root);
}

/** The fields such a schema asks for, holders first; null when the schema says anything else. */
export function readRequiredFields(schemaText: string): FieldPath[] | null {
  let schema: Json;
  try {
    schema = JSON.parse(schemaText) as Json;
  } catch {
    return null;
  }
  const paths: FieldPath[] = [];
  return read(schema, [], paths) ? paths : null;
}

/** A path as people write it: `order.items[].sku`. */
export function showFieldPath(path: FieldPath): string {
  return path.reduce((text, part) => (part === "[]" || text === "" ? `${text}${part}` : `${text}.${part}`), "");
}

/** The path of a text as people write it; null when it names nothing. */
export function parseFieldPath(text: string): FieldPath | null {
  const parts = text
    .trim()
    .replaceAll("[]", ".[]")
    .split(".")
    .filter((part) => part !== "");
  return parts.length === 0 || parts.at(-1) === "[]" ? null : parts;
}

/** Says whether the first path is the second one or lies inside it. */
export function isWithin(path: FieldPath, holder: FieldPath): boolean {
  return holder.length <= path.length && holder.every((part, place) => path[place] === part);
}

type Node = { names: Map<string, Node>; items: Node | null };

function add(root: Node, path: FieldPath): void {
  let node = root;
  for (const part of path) {
    const made: Node = (part === "[]" ? node.items : node.names.get(part)) ?? { names: new Map(), items: null };
    if (part === "[]") node.items = made;
    else node.names.set(part, made);
    node = made;
  }
}

function schemaOf({ names, items }: Node): JsonObject {
  if (names.size === 0 && items === null) return {};
  const types = [...(names.size > 0 ? ["object"] : []), ...(items === null ? [] : ["array"])];
  const inner = [...names]
    .map(([name, node]) => [name, schemaOf(node)] as const)
    .filter(([, schema]) => Object.keys(schema).length > 0);
  return {
    type: types.length === 1 ? (types[0] ?? "") : types,
    ...(names.size > 0 ? { required: [...names.keys()] } : {}),
    ...(inner.length > 0 ? { properties: Object.fromEntries(inner) } : {}),
    ...(items === null ? {} : { items: schemaOf(items) }),
  };
}

const KNOWN = new Set(["$schema", "type", "required", "properties", "items"]);

function read(schema: Json, path: FieldPath, paths: FieldPath[]): boolean {
  if (!isJsonObject(schema) || Object.keys(schema).some((key) => !KNOWN.has(key))) return false;
  const required = schema["required"] ?? [];
  const properties = schema["properties"] ?? {};
  const items = schema["items"];
  if (!Array.isArray(required) || !isJsonObject(properties)) return false;
  const wantsType = required.length > 0 || items !== undefined;
  if (wantsType !== (schema["type"] !== undefined)) return false;
  if (
    wantsType &&
    !sameTypes(schema["type"], [...(required.length > 0 ? ["object"] : []), ...(items === undefined ? [] : ["array"])])
  )
    return false;
  if (Object.keys(properties).some((name) => !required.includes(name))) return false;
  for (const name of required) {
    if (typeof name !== "string") return false;
    paths.push([...path, name]);
    const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (inner !== undefined && !read(inner, [...path, name], paths)) return false;
  }
  return items === undefined || read(items, [...path, "[]"], paths);
}

function sameTypes(type: Json | undefined, expected: readonly string[]): boolean {
  const types = Array.isArray(type) ? type : [type];
  return types.length === expected.length && expected.every((one) => types.includes(one));
}
