import { JsonText } from "#lib/core/json-text.ts";
import { sequenceMax } from "./limits.ts";
import { calculable, type LostDigits } from "./lost-digits.ts";
import { callPlain } from "./plain-call.ts";
import { appendTo } from "./plain-functions.ts";
import type { Plain, Step } from "./plain-nodes.ts";
import {
  boolOf,
  equal,
  itemsOf,
  lookUp,
  newSequence,
  numberOf,
  pushBounded,
  type Sequence,
  textOf,
} from "./plain-values.ts";

/**
 * What JSONata gives for the node over an object. What is only passed on stays the text it was written in; what is
 * calculated with is parsed, and `lost` is told of digits that go by that. Throws where JSONata would, without its
 * wording.
 */
export function evaluatePlainNode(node: Plain, root: object, lost: LostDigits): unknown {
  if (node.kind === "path") return evaluatePath(node, root, lost);
  let result = evaluateBare(node, root, lost);
  for (const place of node.places) result = pick(result, place);
  return unwrap(result);
}

/** A value that is calculated with. */
function evaluateOperand(node: Plain, root: object, lost: LostDigits): unknown {
  return calculable(evaluatePlainNode(node, root, lost), lost);
}

function evaluateBare(node: Exclude<Plain, { kind: "path" }>, root: object, lost: LostDigits): unknown {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "root":
      return root;
    case "group":
      return evaluatePlainNode(node.inner, root, lost);
    case "negate": {
      const value = evaluateOperand(node.inner, root, lost);
      return value === undefined ? undefined : -numberOf(value);
    }
    case "condition": {
      if (boolOf(evaluateOperand(node.test, root, lost)) === true) return evaluatePlainNode(node.yes, root, lost);
      return node.no === null ? undefined : evaluatePlainNode(node.no, root, lost);
    }
    case "binary":
      return evaluateBinary(node.operator, node.left, node.right, root, lost);
    case "object":
      return Object.fromEntries(
        node.members
          .map(([key, value]) => [key, evaluatePlainNode(value, root, lost)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case "list":
      return evaluateList(node.items, root, lost);
    case "call":
      return callPlain(
        node.called,
        node.given.map((given, index) =>
          index === 0 && node.called.passesOn === true
            ? evaluatePlainNode(given, root, lost)
            : evaluateOperand(given, root, lost),
        ),
      );
  }
}

/** A list inside a list stays one; any other item that is several values adds each of them. */
function evaluateList(items: readonly Plain[], root: object, lost: LostDigits): unknown[] {
  let list: unknown[] = [];
  for (const item of items) {
    const value = evaluatePlainNode(item, root, lost);
    const isList = item.kind === "list" && item.places.length === 0 && value !== undefined;
    list = appendTo(list, isList ? [value] : (itemsOf(value) ?? value));
  }
  return list;
}

function evaluateBinary(operator: string, left: Plain, right: Plain, root: object, lost: LostDigits): unknown {
  const a = evaluateOperand(left, root, lost);
  if (operator === "and") return (boolOf(a) ?? false) && (boolOf(evaluateOperand(right, root, lost)) ?? false);
  if (operator === "or") return (boolOf(a) ?? false) || (boolOf(evaluateOperand(right, root, lost)) ?? false);
  const b = evaluateOperand(right, root, lost);
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

function evaluatePath(path: Extract<Plain, { kind: "path" }>, root: object, lost: LostDigits): unknown {
  let input: readonly unknown[] | JsonText = pushBounded(newSequence(), root);
  if (path.from !== null) {
    const start = evaluatePlainNode(path.from, root, lost);
    if (start === undefined) return undefined;
    input = flatten([start], path.steps.length === 0);
  }
  for (const [index, step] of path.steps.entries()) {
    const items = itemsOf(input) ?? [];
    if (items.length === 0) return undefined;
    if ("parent" in step || step.keptAs !== null) {
      const found = evaluateWithParents(path.steps.slice(index), items);
      return path.keepsList && found !== undefined ? [found] : found;
    }
    const found: unknown[] = newSequence();
    for (const item of items) {
      let value = unwrap(lookUp(item, step.name));
      for (const place of step.places) value = pick(value, place);
      if (value !== undefined) pushBounded(found, value);
    }
    input = flatten(found, index === path.steps.length - 1);
  }
  return path.keepsList && Array.isArray(input) && input.length === 1 ? [input[0]] : unwrap(input);
}

/** The rest of a path in which `%` goes back. Several values would each have parents of their own: left to a child. */
function evaluateWithParents(steps: readonly Step[], start: readonly unknown[]): unknown {
  const kept = new Map<string, unknown>();
  let value: unknown = start.length === 1 ? start[0] : start;
  for (const step of steps) {
    if (isList(value)) throw new TypeError("several values");
    if (value === undefined) return undefined;
    if ("parent" in step) value = kept.get(step.parent);
    else {
      if (step.keptAs !== null) kept.set(step.keptAs, value);
      value = lookUp(value, step.name);
      // Here a second place is not one in the item that the first one gave.
      if (step.places.length > 1) throw new TypeError("several places");
      for (const place of step.places) value = unwrap(pick(value, place));
    }
  }
  if (isList(value)) throw new TypeError("several values");
  return value;
}

function flatten(found: unknown[], lastStep: boolean): unknown[] | JsonText {
  const [sole] = found;
  if (lastStep && found.length === 1 && isList(sole) && !(sole as Sequence).sequence) return sole;
  const flat = newSequence();
  for (const item of found) {
    const members = itemsOf(item);
    if (members === null) pushBounded(flat, item);
    else for (const member of members) pushBounded(flat, member);
  }
  return flat;
}

function isList(value: unknown): value is unknown[] | JsonText {
  return Array.isArray(value) || (value instanceof JsonText && value.kind === "list");
}

/** A list place: an index into a list, or into the one value there is. */
function pick(input: unknown, place: number): unknown {
  const item = isList(input) ? itemAt(input, Math.floor(place)) : [input].at(Math.floor(place));
  if (isList(item)) return item;
  return item === undefined ? newSequence() : pushBounded(newSequence(), item);
}

function itemAt(list: readonly unknown[] | JsonText, index: number): unknown {
  return list instanceof JsonText ? list.item(index) : list[index < 0 ? list.length + index : index];
}

function unwrap(value: unknown): unknown {
  if (!Array.isArray(value) || !(value as Sequence).sequence) return value;
  if (value.length > sequenceMax) throw new RangeError("sequence too long");
  return value.length === 0 ? undefined : value.length === 1 ? value[0] : value;
}
