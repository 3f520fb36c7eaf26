import { sequenceMax } from "./limits.ts";
import { callPlain, type PlainFunction, takesCount } from "./plain-call.ts";
import { appendTo, findPlainFunction } from "./plain-functions.ts";
import { boolOf, equal, lookUp, newSequence, numberOf, pushBounded, type Sequence, textOf } from "./plain-values.ts";

type Step = { name: string; places: readonly number[] };

/** The part of JSONata's syntax that is evaluated in place. `places` are list positions such as [0] or [-1]. */
export type Plain =
  | { kind: "literal"; value: string | number | boolean | null; places: readonly number[] }
  | { kind: "path"; fromRoot: readonly number[] | null; steps: readonly Step[] }
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

/** Reads JSONata's tree, or null at the first node or mark that is not in the plain subset. */
export function readPlainNode(ast: unknown): Plain | null {
  if (typeof ast !== "object" || ast === null) return null;
  const node = ast as Ast;
  const places = readPlaces(node["predicate"]);
  if (places === null) return null;
  switch (node["type"]) {
    case "string":
    case "number":
    case "value":
      return only(node, ["value"]) ? { kind: "literal", value: node["value"] as string | number | boolean | null, places } : null;
    case "variable":
      return only(node, ["value"]) && (node["value"] === "" || node["value"] === "$") ? { kind: "root", places } : null;
    case "path":
      return only(node, ["steps"]) && places.length === 0 ? readPath(node["steps"] as Ast[]) : null;
    case "unary": {
      if (node["value"] === "{") return only(node, ["value", "lhs"]) ? readObject(node["lhs"], places) : null;
      if (node["value"] === "[") return only(node, ["value", "expressions"]) ? readList(node["expressions"] as unknown[], places) : null;
      const inner = node["value"] === "-" && only(node, ["value", "expression"]) ? readPlainNode(node["expression"]) : null;
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

/** Whether a node carries nothing but these keys: any other mark (grouping, ancestry, kept lists) changes its meaning. */
function only(node: Ast, keys: readonly string[]): boolean {
  return Object.keys(node).every((key) => key === "type" || key === "position" || key === "predicate" || keys.includes(key));
}

/** An object whose keys are different texts, as written. A key that JavaScript treats apart is left to the child. */
function readObject(pairs: unknown, places: readonly number[]): Plain | null {
  const members = new Map<string, Plain>();
  for (const [key, value] of pairs as [Ast, unknown][]) {
    const name = key["type"] === "string" && only(key, ["value"]) && key["predicate"] === undefined ? String(key["value"]) : null;
    const inner = readPlainNode(value);
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

function readPath(steps: readonly Ast[]): Plain | null {
  const [first, ...rest] = steps;
  if (first === undefined) return null;
  const root = first["type"] === "variable";
  const names: Step[] = [];
  for (const step of root ? rest : steps) {
    const places = readPlaces(step["stages"]);
    if (step["type"] !== "name" || places === null || step["predicate"] !== undefined) return null;
    if (!only(step, ["value", "stages"]) || typeof step["value"] !== "string") return null;
    names.push({ name: step["value"], places });
  }
  if (!root) return { kind: "path", fromRoot: null, steps: names };
  const places = readPlaces(first["predicate"] ?? first["stages"]);
  if (places === null || !only(first, ["value", "stages"]) || (first["value"] !== "" && first["value"] !== "$")) return null;
  return { kind: "path", fromRoot: places, steps: names };
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

/** What JSONata gives for the node over an object. Throws where JSONata would, without its wording. */
export function evaluatePlainNode(node: Plain, root: object): unknown {
  if (node.kind === "path") return evaluatePath(node, root);
  let result = evaluateBare(node, root);
  for (const place of node.places) result = pick(result, place);
  return unwrap(result);
}

function evaluateBare(node: Exclude<Plain, { kind: "path" }>, root: object): unknown {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "root":
      return root;
    case "group":
      return evaluatePlainNode(node.inner, root);
    case "negate": {
      const value = evaluatePlainNode(node.inner, root);
      return value === undefined ? undefined : -numberOf(value);
    }
    case "condition": {
      if (boolOf(evaluatePlainNode(node.test, root)) === true) return evaluatePlainNode(node.yes, root);
      return node.no === null ? undefined : evaluatePlainNode(node.no, root);
    }
    case "binary":
      return evaluateBinary(node.operator, node.left, node.right, root);
    case "object":
      return Object.fromEntries(
        node.members.map(([key, value]) => [key, evaluatePlainNode(value, root)] as const).filter(([, value]) => value !== undefined),
      );
    case "list":
      return evaluateList(node.items, root);
    case "call":
      return callPlain(
        node.called,
        node.given.map((given) => evaluatePlainNode(given, root)),
      );
  }
}

/** A list inside a list stays one; any other item that is several values adds each of them. */
function evaluateList(items: readonly Plain[], root: object): unknown[] {
  let list: unknown[] = [];
  for (const item of items) {
    const value = evaluatePlainNode(item, root);
    list = appendTo(list, item.kind === "list" && item.places.length === 0 && value !== undefined ? [value] : value);
  }
  return list;
}

function evaluateBinary(operator: string, left: Plain, right: Plain, root: object): unknown {
  const a = evaluatePlainNode(left, root);
  if (operator === "and") return (boolOf(a) ?? false) && (boolOf(evaluatePlainNode(right, root)) ?? false);
  if (operator === "or") return (boolOf(a) ?? false) || (boolOf(evaluatePlainNode(right, root)) ?? false);
  const b = evaluatePlainNode(right, root);
  switch (operator) {
    case "&":
      return (a === undefined ? "" : textOf(a)) + (b === undefined ? "" : textOf(b));
    case "=":
      return a !== undefined && b !== undefined && equal(a, b);
    case "!=":
      return a !== undefined && b !== undefined && !equal(a, b);
    case "in":
      return a !== undefined && b !== undefined && (Array.isArray(b) ? b : [b]).includes(a) && !Number.isNaN(a);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compare(operator, a, b);
    default:
      return arithmetic(operator, a, b);
  }
}

function compare(operator: string, a: unknown, b: unknown): boolean | undefined {
  const comparable = (value: unknown) => value === undefined || typeof value === "string" || typeof value === "number";
  if (!comparable(a) || !comparable(b)) throw new TypeError("not comparable");
  if (a === undefined || b === undefined) return undefined;
  if (typeof a !== typeof b) throw new TypeError("different types");
  const [x, y] = [a as string, b as string];
  if (operator === "<") return x < y;
  if (operator === "<=") return x <= y;
  return operator === ">" ? x > y : x >= y;
}

function arithmetic(operator: string, a: unknown, b: unknown): number | undefined {
  const x = a === undefined ? undefined : numberOf(a);
  const y = b === undefined ? undefined : numberOf(b);
  if (x === undefined || y === undefined) return undefined;
  if (operator === "+") return x + y;
  if (operator === "-") return x - y;
  if (operator === "*") return x * y;
  return operator === "/" ? x / y : x % y;
}

function evaluatePath(path: Extract<Plain, { kind: "path" }>, root: object): unknown {
  let input: unknown[] = pushBounded(newSequence(), root);
  if (path.fromRoot !== null) {
    let start: unknown = root;
    for (const place of path.fromRoot) start = unwrap(pick(start, place));
    if (start === undefined) return undefined;
    input = flatten([start], path.steps.length === 0);
  }
  for (const [index, step] of path.steps.entries()) {
    if (input.length === 0) return undefined;
    const found: unknown[] = newSequence();
    for (const item of input) {
      let value = unwrap(lookUp(item, step.name));
      for (const place of step.places) value = pick(value, place);
      if (value !== undefined) pushBounded(found, value);
    }
    input = flatten(found, index === path.steps.length - 1);
  }
  return unwrap(input);
}

function flatten(found: unknown[], lastStep: boolean): unknown[] {
  const [sole] = found;
  if (lastStep && found.length === 1 && Array.isArray(sole) && !(sole as Sequence).sequence) return sole;
  const flat = newSequence();
  for (const item of found) {
    if (Array.isArray(item)) for (const member of item) pushBounded(flat, member);
    else pushBounded(flat, item);
  }
  return flat;
}

/** A list place: an index into a list, or into the one value there is. */
function pick(input: unknown, place: number): unknown {
  const list: unknown[] = Array.isArray(input) ? input : pushBounded(newSequence(), input);
  const index = Math.floor(place);
  const item: unknown = list[index < 0 ? list.length + index : index];
  if (Array.isArray(item)) return item;
  return item === undefined ? newSequence() : pushBounded(newSequence(), item);
}

function unwrap(value: unknown): unknown {
  if (!Array.isArray(value) || !(value as Sequence).sequence) return value;
  if (value.length > sequenceMax) throw new RangeError("sequence too long");
  return value.length === 0 ? undefined : value.length === 1 ? value[0] : value;
}
