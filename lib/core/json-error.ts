/**
 * Where a text stops being JSON: offset from 0, line and column from 1. An offset at the text's end means it ends too
 * early.
 */
export type JsonErrorPlace = { offset: number; line: number; column: number };

const literals = /true|false|null/y;
const numbers = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const strings = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * The first place where a text breaks the JSON grammar (RFC 8259); null when it is JSON. For words about a text that
 * JSON.parse refused: V8 does not always say where. Linear, and not recursive.
 */
export function findJsonError(text: string): JsonErrorPlace | null {
  const open: ("{" | "[")[] = [];
  let at = skipSpace(text, 0);
  /** What may come next: a value, a value or the end of its list, a key, a key or the end, or what follows a value. */
  let wanted: "value" | "first-item" | "key" | "first-key" | "after" = "value";
  for (;;) {
    if (wanted === "after" && open.length === 0) return at === text.length ? null : placeOf(text, at);
    const char = text.charAt(at);
    const inside = open.at(-1);
    if (wanted === "after") {
      if (char === ",") wanted = inside === "{" ? "key" : "value";
      else if (char === (inside === "{" ? "}" : "]")) open.pop();
      else return placeOf(text, at);
      at = skipSpace(text, at + 1);
    } else if ((wanted === "first-item" && char === "]") || (wanted === "first-key" && char === "}")) {
      open.pop();
      wanted = "after";
      at = skipSpace(text, at + 1);
    } else if (wanted === "key" || wanted === "first-key") {
      const end = match(strings, text, at);
      if (end === -1) return placeOf(text, brokenStringAt(text, at));
      const colon = skipSpace(text, end);
      if (text.charAt(colon) !== ":") return placeOf(text, colon);
      wanted = "value";
      at = skipSpace(text, colon + 1);
    } else if (char === "{" || char === "[") {
      open.push(char);
      wanted = char === "{" ? "first-key" : "first-item";
      at = skipSpace(text, at + 1);
    } else {
      const end = Math.max(match(strings, text, at), match(numbers, text, at), match(literals, text, at));
      if (end === -1) return placeOf(text, char === '"' ? brokenStringAt(text, at) : at);
      wanted = "after";
      at = skipSpace(text, end);
    }
  }
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at++;
  return at;
}

/** The first character inside a text that may not be there, or the end when it is never closed. */
function brokenStringAt(text: string, start: number): number {
  if (text.charAt(start) !== '"') return start;
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return at;
    if (char < " ") return at;
    if (char !== "\\") continue;
    const escaped = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))?.[0];
    if (escaped === undefined) return at;
    at += escaped.length;
  }
  return text.length;
}

function placeOf(text: string, offset: number): JsonErrorPlace {
  const before = text.slice(0, offset);
  return { offset, line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
