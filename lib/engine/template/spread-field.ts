import { itemsIn, kindOf, membersIn, type Written, writeJson } from "#lib/core/json-text.ts";
import { isScalar, scalarText } from "./encode.ts";

/**
 * How a list or object goes into a query or form, which know only names and texts: the name once for each item,
 * `name[]` for each item (PHP, Rails), `name[0]`, `name[1]` … (Stripe, PHP), or one JSON text. With brackets and
 * numbers an object becomes `name[key]`, at any depth; of objects in a list under `name[][key]` PHP makes one item for
 * each member, Rails begins the next item where a key comes again.
 */
export type ListStyle = "repeat" | "brackets" | "index" | "json";

/** The names of the styles, for people. */
export const LIST_STYLES: Readonly<Record<ListStyle, string>> = {
  repeat: "a=1&a=2 – the name again (write a[] for a[]=1&a[]=2)",
  brackets: "a[]=1&a[]=2, a[key]=3 – as PHP and Rails read it (lists of objects: Rails alone)",
  index: "a[0]=1&a[1]=2, a[key]=3 – as Stripe and PHP read it",
  json: "a=[1,2] – one JSON text",
};

/** One name and text of a query or form. */
export type NamedText = { name: string; value: string };

/**
 * A field's value as the rows it becomes: none for an empty list or object and for null. `structures`: what repeat does
 * with an item that is itself a list or object: JSON text, or refused (null is returned).
 */
export function spreadField(
  name: string,
  value: Written,
  style: ListStyle,
  structures: "json" | "refused",
): NamedText[] | null {
  if (kindOf(value) === "null") return [];
  if (isScalar(value)) return [{ name, value: scalarText(value) }];
  if (style === "json") return [{ name, value: writeJson(value) }];
  if (style === "repeat") {
    if (kindOf(value) !== "list") return structures === "json" ? [{ name, value: writeJson(value) }] : null;
    const items = allItems(value).filter((item) => kindOf(item) !== "null");
    if (structures === "refused" && !items.every(isScalar)) return null;
    return items.map((item) => ({ name, value: isScalar(item) ? scalarText(item) : writeJson(item) }));
  }
  return spreadMembers(name.replace(/\[\]$/, ""), value, style);
}

function spreadMembers(name: string, value: Written, style: "brackets" | "index"): NamedText[] {
  const members =
    kindOf(value) === "list"
      ? allItems(value).map((item, index): [string, Written] => [style === "index" ? String(index) : "", item])
      : membersIn(value);
  return members.flatMap(([key, member]) => {
    const inner = `${name}[${key}]`;
    if (kindOf(member) === "null") return [];
    return isScalar(member) ? [{ name: inner, value: scalarText(member) }] : spreadMembers(inner, member, style);
  });
}

function allItems(list: Written): readonly Written[] {
  return itemsIn(list, Number.POSITIVE_INFINITY) ?? [];
}
