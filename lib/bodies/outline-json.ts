import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { listItemsMax } from "#lib/bodies/limits.ts";
import { type WantedPlaces, wantBoth } from "#lib/bodies/wanted-places.ts";

/** Most member names that are kept where all names are wanted. */
const KEYS_MAX = 100_000;

/** The wanted places of a JSON text, and nothing else of it. */
export type JsonOutline = {
  /** As `parseExactJson` gives it, with everything that was not wanted left out, null or empty. */
  readonly value: unknown;
  /**
   * Begin and end of each element of the list whose ranges are wanted, at most 10,001 pairs, in bytes from the start of
   * `bytes`.
   */
  readonly ranges: readonly number[];
};

/** One for all: where a body breaks is not asked. */
const INVALID = new Error("Not JSON.");

/**
 * Reads the wanted places of JSON in one pass over its bytes, which must be UTF-8: agrees with `JSON.parse` on what is
 * valid and what stands where (of a repeated name the last counts), in time linear in the bytes and memory that grows
 * with what is wanted, not with what was sent. Null when it is no valid JSON or is nested too deeply.
 */
export function outlineJson(
  bytes: Buffer,
  wanted: WantedPlaces,
  depthMax: number,
  from = 0,
  to: number = bytes.length,
): JsonOutline | null {
  const reader = new Reader(bytes, depthMax, from, to);
  try {
    return { value: reader.readAll(wanted), ranges: reader.ranges };
  } catch (error) {
    if (error === INVALID) return null;
    throw error;
  }
}

class Reader {
  ranges: number[] = [];
  readonly #bytes: Buffer;
  readonly #end: number;
  readonly #depthMax: number;
  #at: number;
  #depth = 0;

  constructor(bytes: Buffer, depthMax: number, from: number, to: number) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.#depthMax = depthMax;
  }

  readAll(wanted: WantedPlaces): unknown {
    this.#skipSpace();
    const value = this.#read(wanted);
    this.#skipSpace();
    if (this.#at < this.#end) throw INVALID;
    return value;
  }

  #read(wanted: WantedPlaces): unknown {
    if (wanted.ranges) this.ranges = [];
    const first = this.#byte();
    const start = this.#at;
    let value: unknown = null;
    if (first === 0x7b) value = this.#readObject(wanted);
    else if (first === 0x5b) value = this.#readList(wanted);
    else {
      this.#skip();
      if (wanted.scalar) return parseExactJson(this.#bytes.toString("utf8", start, this.#at));
    }
    return wanted.whole ? parseExactJson(this.#bytes.toString("utf8", start, this.#at)) : value;
  }

  #readObject(wanted: WantedPlaces): Record<string, unknown> {
    // Without a prototype, so that "__proto__" is a name like any other.
    const value = Object.create(null) as Record<string, unknown>;
    let names = 0;
    this.#open();
    for (let more = this.#byte() !== 0x7d; more; more = this.#nextOf(0x7d)) {
      const keyStart = this.#at;
      this.#skipString();
      const key = wanted.keys || wanted.members.size > 0 ? this.#text(keyStart) : "";
      this.#skipColon();
      const places = wanted.members.get(key);
      if (places !== undefined) value[key] = this.#read(places);
      else {
        this.#skip();
        if (wanted.keys && names++ < KEYS_MAX) value[key] = null;
      }
    }
    this.#close();
    return value;
  }

  #readList(wanted: WantedPlaces): unknown[] {
    const value: unknown[] = [];
    const { each, members, ranges } = wanted;
    let index = 0;
    this.#open();
    for (let more = this.#byte() !== 0x5d; more; more = this.#nextOf(0x5d)) {
      const start = this.#at;
      const ofEach = index < listItemsMax ? each : null;
      const places = members.size === 0 ? ofEach : wantBoth(ofEach, members.get(String(index)) ?? null);
      if (places === null) this.#skip();
      else value[index] = this.#read(places);
      if (ranges && index <= listItemsMax) this.ranges.push(start, this.#at);
      index += 1;
    }
    this.#close();
    value.length = index;
    return value;
  }

  /** Past one value, whatever it is. */
  #skip(): void {
    const first = this.#byte();
    if (first === 0x22) this.#skipString();
    else if (first === 0x7b) {
      this.#open();
      for (let more = this.#byte() !== 0x7d; more; more = this.#nextOf(0x7d)) {
        this.#skipString();
        this.#skipColon();
        this.#skip();
      }
      this.#close();
    } else if (first === 0x5b) {
      this.#open();
      for (let more = this.#byte() !== 0x5d; more; more = this.#nextOf(0x5d)) this.#skip();
      this.#close();
    } else if (first === 0x74) this.#skipWord("true");
    else if (first === 0x66) this.#skipWord("false");
    else if (first === 0x6e) this.#skipWord("null");
    else this.#skipNumber();
  }

  #open(): void {
    this.#depth += 1;
    if (this.#depth > this.#depthMax) throw INVALID;
    this.#at += 1;
    this.#skipSpace();
  }

  #close(): void {
    this.#depth -= 1;
    this.#at += 1;
  }

  /** Past the comma to the next member; false at the closing bracket. */
  #nextOf(bracket: number): boolean {
    this.#skipSpace();
    const next = this.#byte();
    if (next === bracket) return false;
    if (next !== 0x2c) throw INVALID;
    this.#at += 1;
    this.#skipSpace();
    return true;
  }

  #skipColon(): void {
    this.#skipSpace();
    if (this.#byte() !== 0x3a) throw INVALID;
    this.#at += 1;
    this.#skipSpace();
  }

  #skipString(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at;
    if (at >= end || bytes[at] !== 0x22) throw INVALID;
    for (at += 1; at < end; at += 1) {
      const code = bytes[at] as number;
      if (code === 0x22) {
        this.#at = at + 1;
        return;
      }
      if (code < 0x20) throw INVALID;
      if (code !== 0x5c) continue;
      at += 1;
      const escaped = at < end ? (bytes[at] as number) : 0;
      if (escaped === 0x75) {
        for (let digit = 1; digit <= 4; digit += 1)
          if (at + digit >= end || !isHex(bytes[at + digit] as number)) throw INVALID;
        at += 4;
      } else if (!ESCAPES.has(escaped)) throw INVALID;
    }
    throw INVALID;
  }

  #skipNumber(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    if (bytes[at] === 0x2d) at += 1;
    at = bytes[at] === 0x30 ? at + 1 : this.#afterDigits(at);
    if (bytes[at] === 0x2e) at = this.#afterDigits(at + 1);
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      const sign = bytes[at + 1];
      at = this.#afterDigits(sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
    }
    if (at > this.#end) throw INVALID;
    this.#at = at;
  }

  #afterDigits(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    for (let code = bytes[at] ?? 0; code >= 0x30 && code <= 0x39; code = bytes[at] ?? 0) at += 1;
    if (at === start) throw INVALID;
    return at;
  }

  #skipWord(word: string): void {
    for (let index = 0; index < word.length; index += 1)
      if (this.#bytes[this.#at + index] !== word.charCodeAt(index)) throw INVALID;
    this.#at += word.length;
    if (this.#at > this.#end) throw INVALID;
  }

  #skipSpace(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (
      let code = bytes[at];
      at < this.#end && (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09);
      code = bytes[at]
    )
      at += 1;
    this.#at = at;
  }

  #byte(): number {
    return this.#at < this.#end ? (this.#bytes[this.#at] as number) : 0;
  }

  /** The text of the string that begins at `start` and ends here. */
  #text(start: number): string {
    const inner = this.#bytes.toString("utf8", start + 1, this.#at - 1);
    return inner.includes("\\") ? (JSON.parse(`"${inner}"`) as string) : inner;
  }
}

const ESCAPES: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((escaped) => escaped.charCodeAt(0)));

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}
