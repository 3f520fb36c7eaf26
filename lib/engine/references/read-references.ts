/**
 * A name that an expression reads from the top of what it can see: `steps.crm.body` is root "steps", path
 * ["crm", "body"]. `position` is the offset of the root, or of the first name after it, in the source. `guarded`: the
 * expression asks with $exists whether it is there, so its absence is expected. `isCalled` is told of variables alone,
 * `slip` of what `readSlips` finds.
 */
export type Reference = {
  root: string;
  path: string[];
  position: number;
  guarded: boolean;
  isCalled?: boolean;
  slip?: "long-number" | "bracket-name";
};

type Node = {
  readonly type?: unknown;
  readonly value?: unknown;
  readonly position?: unknown;
  readonly [key: string]: unknown;
};
/** Whether a bare name is looked up in the whole of what the expression sees, or in some value inside of it. */
type Context = "top" | "inside";
type Found = { references: Map<string, Reference>; guarded: number; source: string };

const REFERENCES_MAX = 300;
const NAMES_MAX = 3;

/**
 * What a JSONata syntax tree reads from the top: strings, comments, variables and names inside predicates, path steps,
 * groupings and transforms are told apart as the evaluator does (jsonata.js, `evaluatePath` and `processAST`).
 */
export function readReferences(ast: unknown, source: string): Reference[] {
  const found: Found = { references: new Map(), guarded: 0, source };
  visit(ast, "top", found);
  return [...found.references.values()];
}

function visit(value: unknown, context: Context, found: Found): void {
  if (!isNode(value) || found.references.size >= REFERENCES_MAX) return;
  for (const part of [...list(value["predicate"]), ...list(value["stages"])])
    visit(field(part, "expr"), "inside", found);
  for (const pair of list(field(value["group"], "lhs"))) for (const part of list(pair)) visit(part, "inside", found);
  switch (value.type) {
    case "path":
      return visitPath(list(value["steps"]).filter(isNode), context, found);
    case "name":
      if (context === "top") note([value], found);
      return;
    case "block":
      return each(value["expressions"], context, found);
    case "condition":
      return each([value["condition"], value["then"], value["else"]], context, found);
    case "binary":
    case "apply":
      return each([value["lhs"], value["rhs"]], context, found);
    case "bind":
      return visit(value["rhs"], context, found);
    case "unary":
      each(value["expressions"], context, found);
      visit(value["expression"], context, found);
      for (const pair of list(value["lhs"])) each(pair, context, found);
      return;
    case "function":
    case "partial":
      return visitCall(value, context, found);
    case "lambda":
      return visit(value["body"], context, found);
    case "transform":
      return each([value["pattern"], value["update"], value["delete"]], "inside", found);
    case "sort":
      for (const term of list(value["terms"])) visit(field(term, "expression"), "inside", found);
      return;
    default:
      return;
  }
}

function visitPath(steps: readonly Node[], context: Context, found: Found): void {
  const [first, ...rest] = steps;
  if (first === undefined) return;
  // `$$` is the top wherever it stands, `$` is what a bare name would be looked up in.
  const isTop = first.type === "variable" && (first.value === "$" || (first.value === "" && context === "top"));
  if (isTop && !isPlain(first)) visit({ ...first, type: "other" }, "inside", found);
  if (isTop && isPlain(first)) note(namesOf(rest), found);
  else if (first.type === "name" && context === "top") note(namesOf(steps), found);
  visit(first.type === "name" ? { ...first, type: "other" } : first, context, found);
  for (const step of rest) visit(step, "inside", found);
}

function visitCall(call: Node, context: Context, found: Found): void {
  const procedure = call["procedure"];
  const asks = isNode(procedure) && procedure.type === "variable" && procedure.value === "exists";
  if (asks) found.guarded += 1;
  each(call["arguments"], context, found);
  if (isNode(procedure) && procedure.type === "variable" && procedure.value === "lookup")
    visitLookup(list(call["arguments"]), context, found);
  if (asks) found.guarded -= 1;
  visit(procedure, context, found);
}

/** `$lookup(steps, "crm")` reads what `steps.crm` reads. */
function visitLookup([where, name]: readonly unknown[], context: Context, found: Found): void {
  if (!isNode(where) || !isNode(name) || name.type !== "string") return;
  const steps = where.type === "path" ? list(where["steps"]).filter(isNode) : [where];
  const [first, ...rest] = steps;
  const isTop = first?.type === "variable" && (first.value === "$" || (first.value === "" && context === "top"));
  const names = isTop ? rest : context === "top" ? steps : [];
  if (names.length > 0 && names.every((step) => step.type === "name" && isPlain(step))) note([...names, name], found);
}

/** The plain names a path begins with: `a.b` of `a.b[0].c`, up to and with the first that is filtered or bound. */
function namesOf(steps: readonly Node[]): Node[] {
  const names: Node[] = [];
  for (const step of steps) {
    if (step.type !== "name" || names.length > NAMES_MAX) break;
    names.push(step);
    if (!isPlain(step)) break;
  }
  return names;
}

function isPlain(step: Node): boolean {
  return step["focus"] === undefined && list(step["stages"]).length === 0 && list(step["predicate"]).length === 0;
}

function note(names: readonly Node[], found: Found): void {
  const [root, ...path] = names.map(({ value }) => String(value));
  if (root === undefined) return;
  const reference = { root, path, position: startOf(names[path.length > 0 ? 1 : 0], found.source) };
  const key = JSON.stringify([root, path]);
  const guarded = found.guarded > 0 || found.references.get(key)?.guarded === true;
  found.references.set(key, { ...(found.references.get(key) ?? reference), guarded });
}

/** JSONata's positions stand behind a token; ours at its beginning. */
function startOf(name: Node | undefined, source: string): number {
  const end = typeof name?.position === "number" ? name.position : 0;
  const length = String(name?.value ?? "").length;
  const isBare = source.slice(end - length, end) === name?.value;
  return Math.max(0, end - length - (isBare ? 0 : 2));
}

function each(values: unknown, context: Context, found: Found): void {
  for (const value of list(values)) visit(value, context, found);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function field(value: unknown, key: string): unknown {
  return isNode(value) ? value[key] : undefined;
}
