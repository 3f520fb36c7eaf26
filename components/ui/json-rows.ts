import { JsonText, membersIn, type Written } from "#lib/core/json-text.ts";

/** Keys and list places from a root down. */
export type JsonPath = readonly (string | number)[];

/** A top entry of a tree: its own label and the path its values start from. */
export type JsonRoot = { label: string; path: JsonPath; value: Written; note?: string; striped?: boolean };

/** One drawn line of a tree. */
export type JsonRow =
  | {
      kind: "value";
      id: string;
      path: JsonPath;
      label: string;
      value: Written;
      depth: number;
      count: number | null;
      open: boolean;
      place: number;
      siblings: number;
      root: JsonRoot | null;
      hit: boolean;
    }
  | { kind: "more"; id: string; path: JsonPath; depth: number; rest: number };

/** How many children show before "show 50 more". */
export const CHILDREN_STEP = 50;

/** What is open and how many children of each place show; ids are those of rows. */
export type TreeShape = { open: ReadonlySet<string>; shown: ReadonlyMap<string, number> };

/** The id of a place, stable while the value's shape is. */
export function rowId(path: JsonPath): string {
  return JSON.stringify(path);
}

/**
 * The lines to draw for these roots, top to bottom; only open places are walked, so a large value costs what is seen.
 */
export function jsonRows(roots: readonly JsonRoot[], shape: TreeShape, search: SearchHits | null = null): JsonRow[] {
  const rows: JsonRow[] = [];
  const visible = roots.filter((root) => !search || search.keep.has(rowId(root.path)));
  for (const [index, root] of visible.entries()) {
    walk(
      {
        path: root.path,
        label: root.label,
        value: root.value,
        depth: 0,
        place: index + 1,
        siblings: visible.length,
        root,
      },
      rows,
      shape,
      search,
    );
  }
  return rows;
}

type Spot = {
  path: JsonPath;
  label: string;
  value: Written;
  depth: number;
  place: number;
  siblings: number;
  root: JsonRoot | null;
};

function walk(spot: Spot, rows: JsonRow[], shape: TreeShape, search: SearchHits | null): void {
  const id = rowId(spot.path);
  const children = childrenOf(spot.value);
  const open =
    children !== null &&
    children.length > 0 &&
    (search ? search.keep.has(id) && search.parents.has(id) : shape.open.has(id));
  rows.push({ kind: "value", id, ...spot, count: children?.length ?? null, open, hit: search?.hits.has(id) ?? false });
  if (!open || children === null) return;
  const kept = search ? children.filter(([key]) => search.keep.has(rowId([...spot.path, key]))) : children;
  const limit = shape.shown.get(id) ?? CHILDREN_STEP;
  for (const [index, [key, value]] of kept.slice(0, limit).entries()) {
    walk(
      {
        path: [...spot.path, key],
        label: String(key),
        value,
        depth: spot.depth + 1,
        place: index + 1,
        siblings: kept.length,
        root: null,
      },
      rows,
      shape,
      search,
    );
  }
  if (kept.length > limit)
    rows.push({ kind: "more", id: `${id}+`, path: spot.path, depth: spot.depth + 1, rest: kept.length - limit });
}

/** The children of a list or object with their keys; null for plain values. */
export function childrenOf(value: Written): [string | number, Written][] | null {
  if (Array.isArray(value)) return value.map((item, index) => [index, leafOf(item)]);
  if (value instanceof JsonText) {
    if (value.kind === "list")
      return (value.items(Number.POSITIVE_INFINITY) ?? []).map((item, index) => [index, readLeaf(item)]);
    return value.kind === "object" ? [...value.members()].map(([key, member]) => [key, readLeaf(member)]) : null;
  }
  if (typeof value !== "object" || value === null) return null;
  return membersIn(value).map(([key, member]) => [key, leafOf(member)]);
}

function leafOf(value: Written): Written {
  return value instanceof JsonText ? readLeaf(value) : value;
}

/** A text, boolean or null as it is; what has inner values or digits stays as it was written. */
export function readLeaf(written: JsonText): Written {
  const { kind } = written;
  return kind === "number" || kind === "list" || kind === "object" ? written : written.value;
}

/** A plain value as a search reads it. */
function textOf(value: Written): string {
  return value instanceof JsonText ? value.text : String(value);
}

/**
 * Where a search hit: the hits themselves, every place to keep, and those to hold open. `total` counts all leaves and
 * keys seen.
 */
export type SearchHits = {
  hits: ReadonlySet<string>;
  keep: ReadonlySet<string>;
  parents: ReadonlySet<string>;
  total: number;
};

const HITS_MAX = 500;

/** Looks for text in all keys and values, folding case, also in closed branches; stops at 500 hits. */
export function searchJson(roots: readonly JsonRoot[], text: string): SearchHits {
  const needle = text.toLocaleLowerCase("en");
  const hits = new Set<string>();
  const keep = new Set<string>();
  const parents = new Set<string>();
  let total = 0;
  const visit = (path: JsonPath, label: string, value: Written, above: readonly string[]): void => {
    total += 1;
    const id = rowId(path);
    const children = childrenOf(value);
    const matches =
      label.toLocaleLowerCase("en").includes(needle) ||
      (children === null && textOf(value).toLocaleLowerCase("en").includes(needle));
    if (matches && hits.size < HITS_MAX) {
      hits.add(id);
      keep.add(id);
      for (const parent of above) {
        keep.add(parent);
        parents.add(parent);
      }
    }
    for (const [key, child] of children ?? []) visit([...path, key], String(key), child, [...above, id]);
  };
  for (const root of roots) visit(root.path, root.label, root.value, []);
  return { hits, keep, parents, total };
}

/** The places open at first: so many levels, containers of at most 50 children; keys in `closed` stay closed. */
export function openAtFirst(roots: readonly JsonRoot[], levels = 2, closed: readonly string[] = []): Set<string> {
  const open = new Set<string>();
  const visit = (path: JsonPath, value: Written, depth: number): void => {
    const children = childrenOf(value);
    if (
      children === null ||
      depth >= levels ||
      (depth > 0 && children.length > CHILDREN_STEP) ||
      closed.includes(String(path.at(-1)))
    )
      return;
    open.add(rowId(path));
    for (const [key, child] of children) visit([...path, key], child, depth + 1);
  };
  for (const root of roots) visit(root.path, root.value, 0);
  return open;
}
