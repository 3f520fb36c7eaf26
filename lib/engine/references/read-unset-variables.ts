import { FUNCTION_NAMES } from "./function-names.ts";
import type { Reference } from "./read-references.ts";

type Node = { readonly [key: string]: unknown };

const UNSET_MAX = 50;

/**
 * The variables an expression reads or calls and sets nowhere, as references with their dollar sign: `$trigger.body`,
 * `$uppercse(x)`. One that is set anywhere in the expression counts as set everywhere.
 */
export function readUnsetVariables(ast: unknown, source: string): Reference[] {
  const set = new Set(FUNCTION_NAMES);
  const read = new Map<string, Reference>();
  const seen = new Set<object>();
  const pending: { node: unknown; guarded: boolean }[] = [{ node: ast, guarded: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, guarded } = next;
    if (!isNode(node) || seen.has(node)) continue;
    seen.add(node);
    for (const name of namesSetBy(node)) set.add(name);
    if (node["type"] === "variable") note(node, { guarded, isCalled: false }, source, read);
    const { procedure, ...others } = node;
    const isCall = (node["type"] === "function" || node["type"] === "partial") && isVariable(procedure);
    if (isCall) note(procedure, { guarded, isCalled: true }, source, read);
    const asks = isCall && procedure["value"] === "exists";
    for (const part of Object.values(isCall ? others : node)) pending.push({ node: part, guarded: guarded || asks });
  }
  return [...read.values()].filter(({ root }) => !set.has(root.slice(1))).slice(0, UNSET_MAX);
}

function namesSetBy({ type, lhs, arguments: given, focus, index, value }: Node): string[] {
  const names = [focus, index];
  if (type === "bind" && isVariable(lhs)) names.push(lhs["value"]);
  if (type === "index") names.push(value);
  if (type === "lambda" && Array.isArray(given)) for (const one of given) if (isVariable(one)) names.push(one["value"]);
  return names.filter((name) => typeof name === "string");
}

function note(
  { value, position }: Node,
  how: { guarded: boolean; isCalled: boolean },
  source: string,
  read: Map<string, Reference>,
): void {
  const name = String(value);
  // `$` and `$$` are values of their own.
  if (name === "" || name === "$") return;
  const root = `$${name}`;
  const known = read.get(root);
  const end = typeof position === "number" ? position : 0;
  const start = source.slice(end - root.length, end) === root ? end - root.length : Math.max(0, source.indexOf(root));
  read.set(root, {
    root,
    path: [],
    position: known?.position ?? start,
    guarded: how.guarded || known?.guarded === true,
    isCalled: how.isCalled || known?.isCalled === true,
  });
}

function isVariable(node: unknown): node is Node {
  return isNode(node) && node["type"] === "variable";
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}
