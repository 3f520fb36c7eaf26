import { quoteKey } from "#lib/core/quote-key.ts";

/** Keys and list places from the scope's root down, e.g. ["trigger", "body", "items", 0, "price"]. */
export type DataPath = readonly (string | number)[];

/**
 * The JSONata expression that evaluates to exactly the value at this path: keys that are not plain names are quoted,
 * list places become `[i]`, and a key no quotes can hold is read with $lookup.
 */
export function pathExpression(path: DataPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else {
      const quoted = quoteKey(part);
      if (quoted === null) text = `$lookup(${text === "" ? "$" : text}, ${JSON.stringify(part)})`;
      else text += text === "" ? quoted : `.${quoted}`;
    }
  }
  return text === "" ? "$" : text;
}

/** The last one or two parts of a path in words, list places counted from one: `items › 1st › price`. */
export function pathLabel(path: DataPath): string {
  const words = path.map((part) => (typeof part === "number" ? ordinal(part + 1) : part));
  const last = path.at(-1);
  const take = typeof last === "string" && typeof path.at(-2) !== "number" ? 1 : Math.min(3, words.length);
  return words.slice(-take).join(" › ");
}

function ordinal(place: number): string {
  const tens = place % 100;
  if (tens >= 11 && tens <= 13) return `${place}th`;
  return `${place}${{ 1: "st", 2: "nd", 3: "rd" }[place % 10] ?? "th"}`;
}
