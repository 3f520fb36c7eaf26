import { type PlainFunction, takesCount } from "./plain-call.ts";
import { findPlainFunction } from "./plain-functions.ts";

/** `keptAs`: under which label later `%` find what the step was looked up in. */
type NameStep = { name: string; places: readonly number[]; keptAs: string | null };
/** A step of a path: a name, or `%`, which goes back to what a step before it was looked up in. */
export type Step = NameStep | { parent: string };

/** The part of JSONata's syntax that is evaluated in place. `places` are list positions such as [0] or [-1]. */
export type Plain =
  | { kind: "literal"; value: string | number | boolean | null; places: readonly number[] }
  /** `keepsList`: a single value stays a list (`a[]`). */
  | { kind: "path"; from: Plain | null; steps: readonly Step[]; keepsList: boolean }
  | { kind: "root"; places: readonly number[] }
  | { kind: "negate"; inner: Plain; places: readonly number[] }
  | { kind: "group"; inner: Plain; places: readonly number[] }
  | { kind: "object"; members: readonly (readonly [key: string, value: Plain])[]; places: readonly number[] }
  | { kind: "list"; items: readonly Plain[]; places: readonly number[] }
  | { kind: "call"; called: PlainFunction; given: readonly Plain[]; places: readonly number[] }
  | { kind: "binary"; operator: string; left: Plain; right: Plain; places: readonly number[] }
  | { kind: "condition"; test: Plain; yes: Plain; no: Plain | null; places: readonly number[] };

type Ast = Record<string, unknown>;

const operators = new Set(["+", "-", "*", "/", "%", "&", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]);

/**
 * Reads JSONata's tree, or null at the first node or mark that is not in the plain subset. `isPassedOn`: nothing is
 * calculated with what comes of it, so that it may be a list that is kept as one.
 */
export function readPlainNode(ast: unknown, isPassedOn = false): Plain | null {
  if (typeof ast !== "object" || ast === null) return null;
  const node = ast as Ast;
  const places = readPlaces(node["predicate"]);
  if (places === null) return null;
  switch (node["type"]) {
    case "string":
    case "number":
    case "value":
      return only(node, ["value"])
        ? { kind: "literal", value: node["value"] as string | number | boolean | null, places }
        : null;
    case "variable":
      return only(node, ["value"]) && (node["value"] === "" || node["value"] === "$") ? { kind: "root", places } : null;
    case "path":
      return places.length === 0 ? readPath(node, isPassedOn) : null;
    case "unary": {
      if (node["value"] === "{") return only(node, ["value", "lhs"]) ? readObject(node["lhs"], places) : null;
      if (node["value"] === "[")
        return only(node, ["value", "expressions"]) ? readList(node["expressions"] as unknown[], places) : null;
      const inner =
        node["value"] === "-" && only(node, ["value", "expression"]) ? readPlainNode(node["expression"]) : null;
      return inner === null ? null : { kind: "negate", inner, places };
    }
    case "function":
      return readCall(node, places);
    case "block": {
      const parts = node["expressions"] as unknown[];
      const inner = only(node, ["expressions"]) && parts.length === 1 ? readPlainNode(parts[0]) : null;
      return inner === null ? null : { kind: "group", inner, places };
    }
    case "binary": {
      const operator = String(node["value"]);
      if (!operators.has(operator) || !only(node, ["value", "lhs", "rhs"])) return null;
      const left = readPlainNode(node["lhs"]);
      const right = readPlainNode(node["rhs"]);
      return left === null || right === null ? null : { kind: "binary", operator, left, right, places };
    }
    case "condition": {
      if (!only(node, ["condition", "then", "else"])) return null;
      const test = readPlainNode(node["condition"]);
      const yes = readPlainNode(node["then"]);
      const no = node["else"] === undefined ? null : readPlainNode(node["else"]);
      if (test === null || yes === null || (no === null && node["else"] !== undefined)) return null;
      return { kind: "condition", test, yes, no, places };
    }
    default:
      return null;
  }
}

/**
 * Whether a node carries nothing but these keys: any other mark (grouping, ancestry, kept lists) changes its meaning.
 */
function only(node: Ast, keys: readonly string[]): boolean {
  return Object.keys(node).every(
    (key) => key === "type" || key === "position" || key === "predicate" || keys.includes(key),
  );
}

/** An object whose keys are different texts, as written. A key that JavaScript treats apart is left to the child. */
function readObject(pairs: unknown, places: readonly number[]): Plain | null {
  const members = new Map<string, Plain>();
  for (const [key, value] of pairs as [Ast, unknown][]) {
    const name =
      key["type"] === "string" && only(key, ["value"]) && key["predicate"] === undefined ? String(key["value"]) : null;
    const inner = readPlainNode(value, true);
    if (name === null || name === "__proto__" || members.has(name) || inner === null) return null;
    members.set(name, inner);
  }
  return { kind: "object", members: [...members], places };
}

function readCall(node: Ast, places: readonly number[]): Plain | null {
  const procedure = node["procedure"] as Ast;
  const given = node["arguments"] as unknown[];
  if (
    !only(node, ["name", "value", "arguments", "procedure"]) ||
    node["name"] !== undefined ||
    procedure["type"] !== "variable" ||
    !only(procedure, ["value"])
  )
    return null;
  const called = findPlainFunction(String(procedure["value"]));
  if (called === null || !takesCount(called, given.length)) return null;
  const read = readAll(given);
  return read === null ? null : { kind: "call", called, given: read, places };
}

function readList(given: readonly unknown[], places: readonly number[]): Plain | null {
  const items = readAll(given);
  return items === null ? null : { kind: "list", items, places };
}

function readAll(nodes: readonly unknown[]): Plain[] | null {
  const read: Plain[] = [];
  for (const node of nodes) {
    const inner = readPlainNode(node);
    if (inner === null) return null;
    read.push(inner);
  }
  return read;
}

function readPath(node: Ast, isPassedOn: boolean): Plain | null {
  const keepsList = node["keepSingletonArray"] === true;
  if (!only(node, ["steps", "keepSingletonArray", "keepArray"]) || (keepsList && !isPassedOn)) return null;
  const steps = node["steps"] as Ast[];
  const [first, ...rest] = steps;
  if (first === undefined) return null;
  const from = first["type"] === "name" ? null : readStart(first);
  if (from === null && first["type"] !== "name") return null;
  const read = (from === null ? steps : rest).map(readStep);
  return read.includes(null) ? null : { kind: "path", from, steps: read.filter((step) => step !== null), keepsList };
}

function readStep(step: Ast): Step | null {
  if (step["type"] === "parent") return only(step, ["slot"]) ? { parent: labelOf(step["slot"]) } : null;
  const places = readPlaces(step["stages"]);
  const name = step["value"];
  if (step["type"] !== "name" || typeof name !== "string" || places === null || step["predicate"] !== undefined)
    return null;
  // A place in a list that is kept is the one case in which keeping it changes what comes after.
  if (step["keepArray"] === true && places.length > 0) return null;
  if (!only(step, ["value", "stages", "keepArray", "ancestor", "tuple"])) return null;
  const ancestor = step["ancestor"];
  return { name, places, keptAs: ancestor === undefined ? null : labelOf(ancestor) };
}

function labelOf(slot: unknown): string {
  return String((slot as Ast)["label"]);
}

/** Where a path may start other than at a name: the root, or what a function gives. */
function readStart(first: Ast): Plain | null {
  if (first["type"] === "function")
    return first["predicate"] === undefined && first["stages"] === undefined ? readCall(first, []) : null;
  const places = readPlaces(first["predicate"] ?? first["stages"]);
  const isRoot = first["type"] === "variable" && (first["value"] === "" || first["value"] === "$");
  return isRoot && places !== null && only(first, ["value", "stages"]) ? { kind: "root", places } : null;
}

function readPlaces(filters: unknown): number[] | null {
  if (filters === undefined) return [];
  if (!Array.isArray(filters)) return null;
  const places: number[] = [];
  for (const filter of filters as Ast[]) {
    const inner = filter["expr"] as Ast | undefined;
    if (filter["type"] !== "filter" || inner?.["type"] !== "number" || typeof inner["value"] !== "number") return null;
    if (!only(inner, ["value"]) || inner["predicate"] !== undefined) return null;
    places.push(inner["value"]);
  }
  return places;
}
