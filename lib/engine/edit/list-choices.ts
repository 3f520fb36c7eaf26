import { isJsonObject, type Json } from "#lib/core/json.ts";
import { type DataPath, pathExpression } from "#lib/engine/edit/path-expression.ts";

/** One way to insert a value that lies inside a list. `warning` says what the list form loses. */
export type ListChoice =
  | { kind: "this"; label: string; expression: string }
  | { kind: "all"; label: string; expression: string; warning: string | null }
  | { kind: "where"; label: string; expression: string }
  | { kind: "each"; label: string; items: string; rest: string };

/**
 * The ways to insert a value that lies inside a list, the default first; empty when it lies in none. Only the innermost
 * list is opened up. `read` gives the value at a path of the sample.
 */
export function listChoices(path: DataPath, read: (path: DataPath) => Json | undefined): ListChoice[] {
  const at = path.findLastIndex((part) => typeof part === "number");
  const place = path[at];
  if (at < 1 || typeof place !== "number") return [];
  const listPath = path.slice(0, at);
  const rest = path.slice(at + 1);
  const list = read(listPath);
  if (!Array.isArray(list)) return [];
  const listText = pathExpression(listPath);
  const choices: ListChoice[] = [
    { kind: "this", label: `This one (${place + 1} of ${list.length})`, expression: pathExpression(path) },
  ];
  const all = rest.length === 0 ? listText : safeJoin(listText, rest);
  if (all !== null)
    choices.push({ kind: "all", label: "All as a list", expression: `[${all}]`, warning: shapeWarning(list, rest) });
  const key = identifyingKey(list, place);
  if (key !== null && rest.length > 0) {
    const where = safeJoin(`${listText}[${key.name} = ${JSON.stringify(key.value)}]`, rest);
    if (where !== null)
      choices.push({
        kind: "where",
        label: `The one where ${key.name} is ${JSON.stringify(key.value)}`,
        expression: where,
      });
  }
  choices.push({
    kind: "each",
    label: "Repeat this step for each",
    items: listText,
    rest: rest.length === 0 ? "item" : pathExpression(["item", ...rest]),
  });
  return choices;
}

function safeJoin(base: string, rest: DataPath): string | null {
  const text = pathExpression(rest);
  return text.startsWith("$lookup") ? null : `${base}.${text}`;
}

function shapeWarning(list: readonly Json[], rest: DataPath): string | null {
  const values = list.map((item) => rest.reduce<Json | undefined>((value, part) => childOf(value, part), item));
  const present = values.filter((value) => value !== undefined).length;
  if (present < list.length) return `${list.length} items, ${present} of them have it`;
  return values.some((value) => Array.isArray(value)) ? "lists inside are joined into one" : null;
}

function childOf(value: Json | undefined, part: string | number): Json | undefined {
  if (typeof part === "number") return Array.isArray(value) ? value[part] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}

/** A short text key whose value is different in every item, such as an id or a name. */
function identifyingKey(list: readonly Json[], place: number): { name: string; value: string } | null {
  const item = list[place];
  if (!isJsonObject(item)) return null;
  for (const name of ["id", "key", "name", "type", "sku", "code", ...Object.keys(item)]) {
    const value = item[name];
    if (typeof value !== "string" || value === "" || value.length > 60 || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      continue;
    const same = list.filter((other) => isJsonObject(other) && other[name] === value);
    if (same.length === 1) return { name, value };
  }
  return null;
}

/** The value at a path, or undefined when there is none. */
export function valueAt(root: Json, path: DataPath): Json | undefined {
  return path.reduce<Json | undefined>((value, part) => childOf(value, part), root);
}
