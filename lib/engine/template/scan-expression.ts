/** Where a `{{ … }}` ends, or why it does not. `end` is the offset just after the closing braces. */
export type ExpressionScan =
  | { kind: "closed"; sourceEnd: number; end: number }
  | { kind: "open"; position: number; message: string };

/**
 * Finds the `}}` that closes the expression starting at `start` (just after `{{`), passing over JSONata's strings,
 * backtick names, comments, regular expressions and object braces.
 */
export function scanExpression(text: string, start: number): ExpressionScan {
  let depth = 0;
  // In JSONata a slash divides after an operand and begins a regular expression everywhere else.
  let afterOperand = false;
  let at = start;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === "}" && depth === 0) {
      if (text.charAt(at + 1) === "}") return { kind: "closed", sourceEnd: at, end: at + 2 };
      return open(at, "This } closes nothing.");
    }
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      if (end === -1) return open(at, "This comment is never closed with */.");
      at = end + 2;
      continue;
    }
    if (char === '"' || char === "'") {
      const end = endOfQuoted(text, at, char);
      if (end === -1) return open(at, `This text is never closed with ${char}.`);
      at = end;
      afterOperand = true;
      continue;
    }
    if (char === "`") {
      const end = text.indexOf("`", at + 1);
      if (end === -1) return open(at, "This name is never closed with `.");
      at = end + 1;
      afterOperand = true;
      continue;
    }
    if (char === "/" && !afterOperand) {
      const end = endOfRegex(text, at);
      if (end === -1) return open(at, "This regular expression is never closed with /.");
      at = end;
      afterOperand = true;
      continue;
    }
    if (char === "{") depth++;
    if (char === "}") depth--;
    const word = wordAt(text, at);
    if (word !== "") {
      afterOperand = word !== "and" && word !== "or" && word !== "in";
      at += word.length;
      continue;
    }
    afterOperand = char === ")" || char === "]" || char === "}";
    at++;
  }
  return open(start - 2, "This {{ is never closed with }}.");
}

function open(position: number, message: string): ExpressionScan {
  return { kind: "open", position, message };
}

function wordAt(text: string, start: number): string {
  let at = start;
  while (at < text.length && !/[\s.[\]{}(),@#;:?+\-*/%|=<>^~!&"'`]/.test(text.charAt(at))) at++;
  return text.slice(start, at);
}

function endOfQuoted(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (char === quote) return at + 1;
  }
  return -1;
}

/** JSONata's own rule: the first slash that is not escaped and not inside brackets; then the flags i and m. */
function endOfRegex(text: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if ("([{".includes(char)) depth++;
    else if (")]}".includes(char)) depth--;
    else if (char === "/" && depth === 0) {
      let end = at + 1;
      while (text.charAt(end) === "i" || text.charAt(end) === "m") end++;
      return end;
    }
  }
  return -1;
}
