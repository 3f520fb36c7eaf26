import type { Json } from "#lib/core/json.ts";
import { scalarText } from "./encode.ts";

/**
 * How a list or object goes into a query or form, which know only names and texts: the name once for each item, `name[]`
 * for each item (PHP, Rails), `name[0]`, `name[1]` … (Stripe), or one JSON text. With brackets and numbers an object
 * becomes `name[key]`, at any depth.
 */
export type ListStyle = "repeat" | "brackets" | "index" | "json";

/** The names of the styles, for people. */
export const LIST_STYLES: Readonly<Record<ListStyle, string>> = {
  repeat: "a=1&a=2 – the name again (write a[] for a[]=1&a[]=2)",
  brackets: "a[]=1&a[]=2, a[key]=3 – as PHP and Rails read it",
  index: "a[0]=1&a[1]=2, a[key]=3 – as Stripe reads it",
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
  value: Json,
  style: ListStyle,
  structures: "json" | "refused",
): NamedText[] | null {
  if (value === null) return [];
  if (typeof value !== "object") return [{ name, value: scalarText(value) }];
  if (style === "json") return [{ name, value: JSON.stringify(value) }];
  if (style === "repeat") {
    if (!Array.isArray(value)) return structures === "json" ? [{ name, value: JSON.stringify(value) }] : null;
    const items = value.filter((item) => item !== null);
    if (structures === "refused" && items.some((item) => typeof item === "object")) return null;
    return items.map((item) => ({ name, value: typeof item === "object" ? JSON.stringify(item) : scalarText(item) }));
  }
  return spreadMembers(name.replace(/\[\]$/, ""), value, style);
}

function spreadMembers(
  name: string,
  value: Json[] | { [key: string]: Json },
  style: "brackets" | "index",
): NamedText[] {
  const members: [key: string, member: Json][] = Array.isArray(value)
    ? value.map((item, index): [string, Json] => [style === "index" ? String(index) : "", item])
    : Object.entries(value);
  return members.flatMap(([key, member]) => {
    const inner = `${name}[${key}]`;
    if (member === null) return [];
    return typeof member === "object"
      ? spreadMembers(inner, member, style)
      : [{ name: inner, value: scalarText(member) }];
  });
}
