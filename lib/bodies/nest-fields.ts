import { nestingMax } from "#lib/bodies/limits.ts";

/** One named part of a form: a text, or what stands for a file. */
export type NamedValue = readonly [name: string, value: unknown];

/** What came under one name: values in their order, and what stands in brackets behind it. */
type Place = { readonly values: unknown[]; readonly members: Map<string, Place>; next: number };

/** Numbers in brackets up to this one are places of a list, whatever is left out between them. */
const SPARSE_PLACE_MAX = 100;

/**
 * Form fields as an object, by the names PHP, Rack and qs agree on: `a[b]` nests, and repeated names, `a[]` and `a[0]`,
 * `a[1]` make a list of any length. `a[][b]` goes to the list's last object until that has a `b`. Numbers that are no
 * places of a list (`price[4711]`) are names, and brackets that do not close belong to the name. `skipped` is told of
 * fields that cannot be kept.
 */
export function nestFields(fields: Iterable<NamedValue>, skipped: (name: string) => void): Record<string, unknown> {
  const root = newPlace();
  for (const [name, value] of fields) {
    const path = pathOf(name);
    if (path.length > 1 && path.includes("__proto__")) skipped("__proto__");
    else put(root, path, value);
  }
  return Object.fromEntries([...root.members].map(([name, place]) => [name, contentOf(place)]));
}

function newPlace(): Place {
  return { values: [], members: new Map(), next: 0 };
}

function put(root: Place, path: readonly string[], value: unknown): void {
  let place = root;
  for (const [depth, part] of path.entries()) {
    const key = part === "" && depth > 0 ? keyInList(place, path.slice(depth + 1)) : part;
    let next = place.members.get(key);
    if (next === undefined) {
      next = newPlace();
      place.members.set(key, next);
      if (isNumber(key)) place.next = Math.max(place.next, Number(key) + 1);
    }
    place = next;
  }
  place.values.push(value);
}

/** Where `[]` leads: to a new place, or with more behind it to the last one while that has none of it. */
function keyInList(list: Place, rest: readonly string[]): string {
  const last = list.members.get(String(list.next - 1));
  return rest.length > 0 && last !== undefined && last.members.size > 0 && !has(last, rest)
    ? String(list.next - 1)
    : String(list.next);
}

function has(place: Place, path: readonly string[]): boolean {
  let current: Place | undefined = place;
  for (const part of path) {
    if (part === "") return false;
    current = current.members.get(part);
    if (current === undefined) return false;
  }
  return true;
}

/** `a[b][]` as ["a", "b", ""]. */
function pathOf(name: string): string[] {
  const open = name.indexOf("[");
  if (open <= 0 || !name.endsWith("]")) return [name];
  const path = [name.slice(0, open)];
  let at = open;
  while (at < name.length) {
    const close = name.indexOf("]", at);
    if (name[at] !== "[" || close < 0) return [name];
    if (path.length > nestingMax) return [...path, name.slice(at)];
    path.push(name.slice(at + 1, close));
    at = close + 1;
  }
  return path;
}

function contentOf({ values, members }: Place): unknown {
  if (members.size === 0) return values.length === 1 ? values[0] : values;
  const named = [...members].map(([name, place]) => [name, contentOf(place)] as const);
  if (!arePlaces(members))
    return values.length === 0 ? Object.fromEntries(named) : [...values, Object.fromEntries(named)];
  return [...values, ...named.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value)];
}

function arePlaces(members: ReadonlyMap<string, unknown>): boolean {
  let last = 0;
  for (const name of members.keys()) {
    if (!isNumber(name)) return false;
    last = Math.max(last, Number(name));
  }
  return last <= SPARSE_PLACE_MAX || last < 2 * members.size;
}

function isNumber(name: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(name);
}
