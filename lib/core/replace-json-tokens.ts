/** What becomes of the strings and numbers of a JSON text, each as it is written; null = it stays. */
export type TokenReplacing = {
  /** With its quotation marks; `isKey`: it is the name of a member. */
  string?(token: string, isKey: boolean): string | null;
  number?(token: string): string | null;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * A JSON text with some of its strings and numbers replaced; all else stays as it was written. Takes time linear in the
 * text and no stack, whatever is in it: a regular expression over strings with millions of escapes overflows.
 */
export function replaceJsonTokens(text: string, replacing: TokenReplacing): string {
  let replaced = "";
  let from = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const isString = code === QUOTE;
    if (!isString && !isNumberStart(code)) {
      at += 1;
      continue;
    }
    const end = isString ? endOfString(text, at) : endOfNumber(text, at);
    const replace = isString ? replacing.string : replacing.number;
    const found = replace === undefined ? null : replace(text.slice(at, end), isString && isBeforeColon(text, end));
    if (found !== null) {
      replaced += text.slice(from, at) + found;
      from = end;
    }
    at = end;
  }
  return from === 0 ? text : replaced + text.slice(from);
}

function isNumberStart(code: number): boolean {
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isInNumber(text.charCodeAt(at))) at += 1;
  return at;
}

/** Digits, `+`, `-`, `.`, `e` and `E`. */
function isInNumber(code: number): boolean {
  return isNumberStart(code) || code === 0x2b || code === 0x2e || code === 0x45 || code === 0x65;
}

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - slashes - 1) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

function isBeforeColon(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
}
