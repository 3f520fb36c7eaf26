import type { ErrorObject } from "ajv";
import type { Misfit } from "./protocol.ts";

const nameCharsMax = 120;

/**
 * One way in which a body does not fit, in a plain sentence; null for errors that only repeat others ("if" beside
 * "then").
 */
export function describeMisfit(error: ErrorObject, body: unknown): Misfit | null {
  const path = placeOf(error.instancePath);
  const words = wordsFor(error, path, valueAt(body, error.instancePath));
  return words === null ? null : { path, message: words };
}

function wordsFor(error: ErrorObject, path: string, value: unknown): string | null {
  const { keyword } = error;
  const params = error.params as Record<string, unknown>;
  const subject = path === "" ? "The body" : shown(path);
  const limit = String(params["limit"] ?? "");
  switch (keyword) {
    case "required":
    case "dependentRequired":
    case "dependencies":
      return `${shown(join(path, String(params["missingProperty"])))} is missing.`;
    case "type":
      return `${subject} must be ${typeWords(params["type"])}, not ${kindOf(value)}.`;
    case "additionalProperties":
      return `${shown(join(path, String(params["additionalProperty"])))} is not allowed.`;
    case "unevaluatedProperties":
      return `${shown(join(path, String(params["unevaluatedProperty"])))} is not allowed.`;
    case "propertyNames":
      return `${subject} has a field whose name is not allowed: ${shown(String(params["propertyName"]))}.`;
    case "enum":
      return `${subject} must be one of ${listed(params["allowedValues"])}.`;
    case "const":
      return `${subject} must be ${short(params["allowedValue"])}.`;
    case "minimum":
      return `${subject} must be at least ${limit}.`;
    case "maximum":
      return `${subject} must be at most ${limit}.`;
    case "exclusiveMinimum":
      return `${subject} must be more than ${limit}.`;
    case "exclusiveMaximum":
      return `${subject} must be less than ${limit}.`;
    case "multipleOf":
      return `${subject} must be a multiple of ${String(params["multipleOf"])}.`;
    case "minLength":
      return `${subject} must have at least ${limit} characters.`;
    case "maxLength":
      return `${subject} must have at most ${limit} characters.`;
    case "minItems":
      return `${subject} must have at least ${limit} items.`;
    case "maxItems":
      return `${subject} must have at most ${limit} items.`;
    case "minProperties":
      return `${subject} must have at least ${limit} fields.`;
    case "maxProperties":
      return `${subject} must have at most ${limit} fields.`;
    case "uniqueItems":
      return `${subject} must not have the same item twice (${String(params["i"])} and ${String(params["j"])}).`;
    case "contains":
      return `${subject} lacks an item that is asked for.`;
    case "items":
    case "additionalItems":
    case "unevaluatedItems":
      return `${subject} has more items than are allowed.`;
    case "pattern":
      return `${subject} does not match the pattern ${short(params["pattern"])}.`;
    case "format":
      return `${subject} is not written as ${short(params["format"])}.`;
    case "oneOf":
      return params["passingSchemas"] === null || params["passingSchemas"] === undefined
        ? `${subject} fits none of the forms it may have.`
        : `${subject} fits more than one of the forms of which it may have only one.`;
    case "anyOf":
      return `${subject} fits none of the forms it may have.`;
    case "not":
      return `${subject} has a form that is not allowed.`;
    case "false schema":
      return `${subject} must not be there.`;
    case "if":
      return null;
    default:
      return `${subject} ${(error.message ?? "does not fit").slice(0, 200)}.`;
  }
}

/** `/order/items/0/price` as people write it: `order.items[0].price`. */
function placeOf(pointer: string): string {
  return partsOf(pointer).reduce(join, "");
}

function join(path: string, part: string): string {
  if (/^\d+$/.test(part) && path !== "") return `${path}[${part}]`;
  return path === "" ? part : `${path}.${part}`;
}

function partsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function valueAt(body: unknown, pointer: string): unknown {
  let value = body;
  for (const part of partsOf(pointer)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function shown(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cs}`]/gu, "\u{fffd}");
  return `"${clean.length <= nameCharsMax ? clean : `${clean.slice(0, nameCharsMax - 1)}…`}"`;
}

function short(value: unknown): string {
  const text = (JSON.stringify(value) ?? "nothing").replace(/[\p{Cc}\p{Cs}]/gu, "\u{fffd}");
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function listed(values: unknown): string {
  if (!Array.isArray(values)) return "the listed values";
  const some = values.slice(0, 5).map(short).join(", ");
  return values.length > 5 ? `${some} or ${values.length - 5} others` : some;
}

const typeNames: Record<string, string> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  null: "null",
};

function typeWords(types: unknown): string {
  const names = (Array.isArray(types) ? types : String(types).split(",")).map(
    (type) => typeNames[String(type)] ?? String(type),
  );
  return names.length < 2 ? (names[0] ?? "something else") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number") return Number.isInteger(value) ? "a whole number" : "a number with decimals";
  return typeNames[typeof value] ?? typeof value;
}
