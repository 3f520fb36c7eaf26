import { losesDigits } from "#lib/core/loses-digits.ts";
import { type LostDigits, mayLose } from "./lost-digits.ts";
import type { MovedNumbers } from "./moved-numbers.ts";

/** Who is told when an expression reads a number whose digits may go by that; set anew for every expression. */
export type Reader = { lost: LostDigits | null; moved?: MovedNumbers | null };

const writtenIn = new WeakMap<object, Map<string, string>>();

/**
 * Parses a JSON text so that numbers that no double can hold are still there as they were written: an expression reads
 * the nearest double (null beyond the range) and `reader` is told, but `writtenNumber` gives all digits.
 */
export function parseKeepingNumbers(text: string, reader: Reader): unknown {
  if (!mayLose(text)) return JSON.parse(text);
  const kept: { holder: object; key: string; written: string; read: number | null }[] = [];
  const others: number[] = [];
  // A function, because JSON.parse tells it what holds the member by its `this`.
  function keep(this: object, key: string, member: unknown, context?: { source?: string }): unknown {
    const written = context?.source;
    if (typeof member !== "number" || written === undefined) return member;
    if (!differs(written, member)) {
      others.push(member);
      return member;
    }
    const read = Number.isFinite(member) ? member : null;
    kept.push({ holder: this, key, written, read });
    return read;
  }
  const value: unknown = JSON.parse(text, keep);
  // A number alone has no holder that could keep its digits: whoever asked for it has read it.
  if (typeof value !== "object" || value === null) for (const { written } of kept) reader.lost?.note(written);
  const nearest = new Set(kept.map(({ read }) => read));
  const twins = new Set(others.filter((other) => nearest.has(other)));
  for (const { holder, key, written, read } of kept) {
    const members = writtenIn.get(holder) ?? new Map<string, string>();
    writtenIn.set(holder, members.set(key, written));
    const from = { name: key, inList: Array.isArray(holder), isAlone: read === null || !twins.has(read) };
    const get = () => {
      reader.moved?.read(written, read, from);
      return read;
    };
    Object.defineProperty(holder, key, { get, enumerable: true, configurable: true });
  }
  return value;
}

/** Tells `reader` of a number that was read from a text of its own, where it loses digits by that. */
export function tellOfNumber(written: string, nearest: number, reader: Reader): void {
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][-+]?\d+)?$/.test(written) || !losesDigits(written)) return;
  if (reader.moved == null) reader.lost?.note(written);
  // As in a list, no name tells it from numbers that are calculated with.
  else reader.moved.read(written, nearest, { name: "", inList: true, isAlone: true });
}

/**
 * The numbers among the members of an object or list that are written otherwise than a double would be; null where
 * there are none.
 */
export function writtenNumbers(holder: object): ReadonlyMap<string, string> | null {
  return writtenIn.get(holder) ?? null;
}

/** Whether a number is more than fifteen digits tell, or may be the nearest double of one that is. */
function differs(written: string, value: number): boolean {
  if (losesDigits(written)) return true;
  if (Number.isInteger(value)) return !Number.isSafeInteger(value);
  return Number(value.toPrecision(15)) !== value;
}
