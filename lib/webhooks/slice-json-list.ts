/**
 * The exact texts of the elements of the list at a dot path ("data.items"; "" is the whole text) of valid JSON; null
 * when no list stands there. Of a repeated key the last counts, as for JSON.parse. The text is walked once per path
 * part.
 */
export function sliceJsonList(json: string, path: string): string[] | null {
  let at = skipSpace(json, 0);
  for (const part of path === "" ? [] : path.split(".")) {
    const found =
      json[at] === "{"
        ? findMember(json, at, part)
        : json[at] === "["
          ? (elementStarts(json, at)[Number(part)]?.[0] ?? null)
          : null;
    if (found === null) return null;
    at = found;
  }
  return json[at] === "[" ? elementStarts(json, at).map(([start, end]) => json.slice(start, end)) : null;
}

/** Where the value of the last member of this name begins, in the object that begins at `at`. */
function findMember(json: string, at: number, name: string): number | null {
  let found: number | null = null;
  let next = skipSpace(json, at + 1);
  while (next < json.length && json[next] !== "}") {
    const keyEnd = endOfString(json, next);
    const valueStart = skipSpace(json, skipSpace(json, keyEnd) + 1);
    if (JSON.parse(json.slice(next, keyEnd)) === name) found = valueStart;
    next = afterComma(json, endOfValue(json, valueStart));
  }
  return found;
}

function elementStarts(json: string, at: number): Array<readonly [start: number, end: number]> {
  const spans: Array<readonly [number, number]> = [];
  let next = skipSpace(json, at + 1);
  while (next < json.length && json[next] !== "]") {
    const end = endOfValue(json, next);
    spans.push([next, end]);
    next = afterComma(json, end);
  }
  return spans;
}

function afterComma(json: string, at: number): number {
  const next = skipSpace(json, at);
  return json[next] === "," ? skipSpace(json, next + 1) : next;
}

function endOfValue(json: string, start: number): number {
  const first = json.charCodeAt(start);
  if (first === 0x22) return endOfString(json, start);
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === 0x22) at = endOfString(json, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === 0x2c || isSpace(code))) return at;
  }
  return json.length;
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at + 1;
  }
  return json.length;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (at < json.length && isSpace(json.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
