const SPACE = /[ \t\n\r]/;

/** JSON text with a line for each member, every digit, escape and key as written; null where it is no JSON. */
export function prettyJson(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const out: string[] = [];
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (SPACE.test(sign)) continue;
    if (sign === '"') {
      const end = endOfString(text, at);
      out.push(text.slice(at, end));
      at = end - 1;
    } else if (sign === "{" || sign === "[") {
      const next = nextSign(text, at + 1);
      if (text.charAt(next) === "}" || text.charAt(next) === "]") {
        out.push(sign, text.charAt(next));
        at = next;
        continue;
      }
      depth++;
      out.push(sign, line());
    } else if (sign === "}" || sign === "]") {
      depth--;
      out.push(line(), sign);
    } else out.push(sign === "," ? `,${line()}` : sign === ":" ? ": " : sign);
  }
  return out.join("");
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return at + 1;
}

function nextSign(text: string, from: number): number {
  let at = from;
  while (SPACE.test(text.charAt(at))) at++;
  return at;
}
