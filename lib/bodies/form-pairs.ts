/** One field of a form as bytes, plus signs and percent signs undone. */
export type FormPair = readonly [name: Buffer, value: Buffer];

/**
 * The fields of an urlencoded body whose names are wanted (null: all of them), in their order, as the URL standard
 * reads them, and no more than `pairsMax`. What is not wanted is passed over without being decoded.
 */
export function readFormPairs(
  body: Buffer,
  wanted: ReadonlySet<string> | null,
  pairsMax: number = Number.POSITIVE_INFINITY,
): FormPair[] {
  const pairs: FormPair[] = [];
  const nameBytesMax = wanted === null ? Number.POSITIVE_INFINITY : longestOf(wanted);
  const begins = wanted === null ? null : new Set([...wanted].map((name) => Buffer.from(name)[0] ?? 0));
  let at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  if (body[at] === 0x3f) at += 1;
  while (at < body.length && pairs.length < pairsMax) {
    const next = body.indexOf(0x26, at);
    const end = next < 0 ? body.length : next;
    const equals = endOfName(body, at, end);
    // A percent sign makes three bytes of one.
    if (end > at && equals - at <= 3 * nameBytesMax && (begins === null || mayBegin(body, at, equals, begins))) {
      const name = undone(body, at, equals);
      if (wanted === null || wanted.has(name.toString("utf8")))
        pairs.push([name, undone(body, Math.min(equals + 1, end), end)]);
    }
    at = end + 1;
  }
  return pairs;
}

function longestOf(names: ReadonlySet<string>): number {
  let longest = 0;
  for (const name of names) longest = Math.max(longest, Buffer.byteLength(name));
  return longest;
}

function endOfName(body: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && body[at] !== 0x3d) at += 1;
  return at;
}

/** With plus signs as spaces and `%xx` as bytes; a percent sign without two digits stays. */
function undone(body: Buffer, from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe(to - from);
  let length = 0;
  for (let at = from; at < to; at += 1) {
    let code = body[at] as number;
    if (code === 0x2b) code = 0x20;
    else if (code === 0x25) {
      const [high, low] = at + 2 < to ? [hexValue(body[at + 1] as number), hexValue(body[at + 2] as number)] : [-1, -1];
      if (high >= 0 && low >= 0) {
        code = high * 16 + low;
        at += 2;
      }
    }
    out[length] = code;
    length += 1;
  }
  return out.subarray(0, length);
}

/** Told by the first byte alone, because a body may hold millions of fields. */
function mayBegin(body: Buffer, at: number, to: number, begins: ReadonlySet<number>): boolean {
  let first = at < to ? (body[at] as number) : 0;
  if (first === 0x25 && at + 2 < to) {
    const [high, low] = [hexValue(body[at + 1] as number), hexValue(body[at + 2] as number)];
    if (high >= 0 && low >= 0) first = high * 16 + low;
  } else if (first === 0x2b) first = 0x20;
  return first > 0x7f || begins.has(first);
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
