import type { Json } from "#lib/core/json.ts";
import { valueAt } from "#lib/engine/edit/list-choices.ts";
import type { DataPath } from "#lib/engine/edit/path-expression.ts";

const PART = /\s*(?:\.\s*)?(?:([A-Za-z_]\w*)|`([^`]+)`)|\s*\[\s*(\d+)\s*\]/y;

/** The path an expression is, when it is nothing but names, quoted names and list places; null for anything else. */
export function readPath(expression: string): DataPath | null {
  const text = expression.replace(/\/\*[\s\S]*?\*\//g, "").trim();
  const path: (string | number)[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const start = PART.lastIndex;
    const match = PART.exec(text);
    if (!match) return null;
    const isName = match[3] === undefined;
    const dotted = /^\s*\./.test(text.slice(start));
    if (isName && dotted !== path.length > 0) return null;
    path.push(isName ? (match[1] ?? match[2] ?? "") : Number(match[3]));
  }
  return path.length > 0 && typeof path[0] === "string" ? path : null;
}

/**
 * The first part of a path that is not there, as far as the path can be followed; null when all of it is, or it goes
 * through a list.
 */
export function firstMissing(path: DataPath, scope: Json): DataPath | null {
  for (let length = 1; length <= path.length; length += 1) {
    const value = valueAt(scope, path.slice(0, length));
    if (value === undefined)
      return Array.isArray(valueAt(scope, path.slice(0, length - 1))) && typeof path[length - 1] === "string"
        ? null
        : path.slice(0, length);
  }
  return null;
}
