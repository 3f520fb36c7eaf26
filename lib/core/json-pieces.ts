/** Where a value stands in a JSON text: from `start` to before `end`. */
export type Found = { start: number; end: number };

/** A member of an object: its name as written, with its quotation marks, and where its value stands. */
export type FoundMember = Found & { key: string };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

/**
 * The members of the object that begins at an offset, in order, names that are there twice included. None for other
 * values.
 */
export function* listMembers(text: string, from: number): Generator<FoundMember> {
  let at = skipSpace(text, from);
  if (text.charCodeAt(at) !== OPEN_BRACE) return;
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = endOfString(text, at);
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    yield { key: text.slice(at, keyEnd), start, end };
    at = afterComma(text, end);
  }
}

/** The last member of this name of the object that begins at an offset; null where there is none, or no object. */
export function findMember(text: string, from: number, name: string): Found | null {
  let at = skipSpace(text, from);
  if (text.charCodeAt(at) !== OPEN_BRACE) return null;
  let found: Found | null = null;
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = endOfString(text, at);
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    if (isName(text, at, keyEnd, name)) found = { start, end };
    at = afterComma(text, end);
  }
  return found;
}

/**
 * Where the items of the list that begins at an offset stand; null where there are more than `itemsMax`. None for
 * other values.
 */
export function listItems(text: string, from: number, itemsMax: number): Found[] | null {
  const items: Found[] = [];
  let at = skipSpace(text, from);
  if (text.charCodeAt(at) !== OPEN_BRACKET) return items;
  at = skipSpace(text, at + 1);
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    if (items.length >= itemsMax) return null;
    const end = endOfValue(text, at);
    items.push({ start: at, end });
    at = afterComma(text, end);
  }
  return items;
}

/** The item of the list that begins at an offset, counted from 0, or from -1 backwards; null where there is none. */
export function findItem(text: string, from: number, index: number): Found | null {
  if (index < 0) {
    const count = countItems(text, from);
    return count + index < 0 ? null : findItem(text, from, count + index);
  }
  let at = skipSpace(text, from);
  if (text.charCodeAt(at) !== OPEN_BRACKET) return null;
  at = skipSpace(text, at + 1);
  for (let passed = 0; at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET; passed++) {
    const end = endOfValue(text, at);
    if (passed === index) return { start: at, end };
    at = afterComma(text, end);
  }
  return null;
}

/** How many items the list that begins at an offset has; 0 for other values. */
export function countItems(text: string, from: number): number {
  let at = skipSpace(text, from);
  if (text.charCodeAt(at) !== OPEN_BRACKET) return 0;
  let count = 0;
  at = skipSpace(text, at + 1);
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    count++;
    at = afterComma(text, endOfValue(text, at));
  }
  return count;
}

/** The number, or null for one beyond what a double can hold. */
export function readNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Whether the name as written, between its quotation marks, stands for a name. */
function isName(text: string, start: number, end: number, name: string): boolean {
  for (let at = start + 1; at < end - 1; at++)
    if (text.charCodeAt(at) === BACKSLASH) return JSON.parse(text.slice(start, end)) === name;
  return end - start - 2 === name.length && text.startsWith(name, start + 1);
}

/** The offset of what follows a value: the next member or item, or the bracket that closes. */
function afterComma(text: string, end: number): number {
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return endOfString(text, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(text, start);
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || code <= 0x20) break;
    at++;
  }
  return at;
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at++;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) break;
  }
  return at;
}

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - slashes - 1) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}
