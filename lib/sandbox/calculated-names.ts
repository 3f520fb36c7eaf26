/**
 * Members that an expression may calculate with or compare: their names, `all` where names do not tell (a variable that
 * is calculated with), or `none` where it only moves values about.
 */
export type CalculatedNames = "all" | "none" | ReadonlySet<string>;

/** Reads from JSONata's syntax tree which members a number may come from that something is calculated with. */
export function readCalculatedNames(ast: unknown): CalculatedNames {
  const names = new Set<string>();
  const seen = { moved: new Set<object>(), calculated: new Set<object>() };
  const pending: { node: unknown; calculated: boolean }[] = [{ node: ast, calculated: false }];
  let binds = false;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, calculated } = next;
    const visited = calculated ? seen.calculated : seen.moved;
    if (typeof node !== "object" || node === null || visited.has(node)) continue;
    visited.add(node);
    const read = node as Node;
    binds ||= read.type === "bind";
    if (calculated && UNTOLD.has(String(read.type))) return "all";
    if (calculated && NAMING.has(String(read.type))) names.add(String(read.value));
    // What is called on each item of a path takes that item without any name.
    if (read.type === "path" && (read.steps ?? []).slice(1).some((step) => isCall(step) && !movesOnly(step)))
      return "all";
    pending.push(...partsOf(read).map((part) => ({ ...part, calculated: calculated || part.calculated })));
  }
  if (seen.calculated.size === 0) return "none";
  return binds && names.size > 0 ? "all" : names;
}

/** The numbers an expression writes out itself, as numbers or as texts that `$number` reads. */
export function readOwnNumbers(ast: unknown): ReadonlySet<number> {
  const numbers = new Set<number>();
  const seen = new Set<object>();
  const pending: unknown[] = [ast];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== "object" || node === null || seen.has(node)) continue;
    seen.add(node);
    const { type, value } = node as Node;
    if (type === "number" || type === "string") numbers.add(Number(value));
    pending.push(...Object.values(node).filter((child) => child !== undefined));
  }
  return numbers;
}

/** Whether an expression calls a function that hands values on, whatever else it calculates. */
export function callsMover(ast: unknown): boolean {
  const seen = new Set<object>();
  const pending: unknown[] = [ast];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== "object" || node === null || seen.has(node)) continue;
    seen.add(node);
    if (movesOnly(node)) return true;
    pending.push(...Object.values(node).filter((child) => child !== undefined));
  }
  return false;
}

type Node = {
  type?: unknown;
  value?: unknown;
  steps?: Node[];
  procedure?: Node;
  arguments?: unknown[];
  rhs?: unknown;
};

/** Kinds of nodes whose values come from no member that is named there. */
const UNTOLD: ReadonlySet<string> = new Set(["variable", "wildcard", "descendant", "parent", "apply", "partial"]);
const NAMING: ReadonlySet<string> = new Set(["name", "string"]);

/** Operators that give one of their values as it is, or nothing of it. */
const MOVING_OPERATORS: ReadonlySet<unknown> = new Set(["and", "or", "[", "{"]);

/** Functions that hand values on, or look only at whether they are there. */
const MOVING_FUNCTIONS: ReadonlySet<unknown> = new Set([
  ...["append", "boolean", "count", "each", "exists", "filter", "keys", "lookup", "map", "merge", "not", "number"],
  ...["parseJson", "reverse", "sift", "single", "spread", "type", "zip"],
]);

/** What to read below a node, and whether it is calculated with there. */
function partsOf(node: Node): { node: unknown; calculated: boolean }[] {
  const marked = (parts: unknown[], calculated: boolean) => parts.map((part) => ({ node: part, calculated }));
  const { type, value, steps, procedure, ...rest } = node;
  const others = Object.values(rest);
  if (isCall(node)) {
    const called = procedure?.type === "variable" ? [] : [procedure];
    return marked([...others, ...called], !movesOnly(node));
  }
  if (steps !== undefined) {
    const [first, second] = steps;
    // A variable that a path only starts at gives nothing itself.
    return marked([...(first?.type === "variable" && second !== undefined ? steps.slice(1) : steps), ...others], false);
  }
  if (type === "apply") return marked(others, !handsOn(node.rhs as Node | undefined));
  if (type === "binary" || type === "unary") return marked(others, !MOVING_OPERATORS.has(value));
  return marked(others, type === "sort");
}

/** Whether what stands behind `~>` moves the values it is given, or gives them back in copies. */
function handsOn(applied: Node | undefined): boolean {
  if (applied === undefined) return false;
  const { type, value } = applied;
  return type === "transform" || movesOnly(applied) || (type === "variable" && MOVING_FUNCTIONS.has(value));
}

function isCall(node: Node): boolean {
  return node.type === "function" || node.type === "partial";
}

function movesOnly({ type, procedure }: Node): boolean {
  return type === "function" && procedure?.type === "variable" && MOVING_FUNCTIONS.has(procedure.value);
}
