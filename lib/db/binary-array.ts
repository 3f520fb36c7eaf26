/**
 * Arrays as PostgreSQL reads them in binary (its `array_recv`): five int32 (dimensions, has nulls, element type,
 * length, lower bound), then each element as an int32 length and its bytes, -1 for null. Written as text, as the driver
 * would do it, every quote and backslash of every element is escaped and undone again: seconds of the thread for a
 * large body, and a fifth of what a small write costs. A value that does not fit is refused with the SQLSTATE that the
 * database would give.
 */
type Kind<Value> = {
  /** The type's oid, as in `pg_type`. */
  readonly oid: number;
  readonly bytesOf: (value: Value) => number;
  readonly write: (into: Buffer, value: Value, at: number) => void;
};

const HEAD_BYTES = 20;

/** A value does not fit its array. `code` is the SQLSTATE the database gives for it: invalid text representation. */
class ValueRefused extends TypeError {
  override readonly name = "ValueRefused";
  readonly code = "22P02";
  constructor(oid: number, cause: unknown) {
    super(`A value does not fit an array of type ${oid}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function arrayOf<Value>({ oid, bytesOf, write }: Kind<Value>) {
  return (values: readonly (Value | null | undefined)[]): Buffer => {
    let total = HEAD_BYTES;
    const sizes = new Array<number>(values.length);
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index];
      const size = value === null || value === undefined ? -1 : bytesOf(value);
      sizes[index] = size;
      total += 4 + Math.max(0, size);
    }
    const into = Buffer.allocUnsafe(total);
    // An empty array has no dimensions; what would follow is left away.
    into.writeInt32BE(values.length === 0 ? 0 : 1, 0);
    into.writeInt32BE(sizes.includes(-1) ? 1 : 0, 4);
    into.writeInt32BE(oid, 8);
    if (values.length === 0) return into.subarray(0, 12);
    into.writeInt32BE(values.length, 12);
    into.writeInt32BE(1, 16);
    let at = HEAD_BYTES;
    for (let index = 0; index < values.length; index += 1) {
      const size = sizes[index] as number;
      into.writeInt32BE(size, at);
      at += 4;
      if (size < 0) continue;
      try {
        write(into, values[index] as Value, at);
      } catch (cause) {
        throw new ValueRefused(oid, cause);
      }
      at += size;
    }
    return into;
  };
}

/** text[]. PostgreSQL refuses a NUL in a text, as it does where the driver writes it. */
export const textArray = arrayOf<string>({
  oid: 25,
  bytesOf: (text) => Buffer.byteLength(text),
  write: (into, text, at) => into.write(text, at),
});

/** uuid[], of ids with 32 hexadecimal digits and any hyphens. Throws for what is no id. */
export const uuidArray = arrayOf<string>({ oid: 2950, bytesOf: () => 16, write: writeId });

/** By character code: what the hexadecimal digit stands for, -1 for any other character. */
const DIGITS = Int8Array.from({ length: 256 }, (_, code) => "0123456789abcdef".indexOf(String.fromCharCode(code | 32)));
DIGITS.fill(-1, 0, 48);
const HYPHEN = 45;

function writeId(into: Buffer, id: string, at: number): void {
  let digits = 0;
  for (let index = 0; index < id.length; index += 1) {
    const code = id.charCodeAt(index);
    if (code === HYPHEN) continue;
    const digit = DIGITS[code] ?? -1;
    if (digit < 0 || digits === 32) throw new TypeError(`"${id}" is not an id.`);
    const byte = at + (digits >> 1);
    into[byte] = digits & 1 ? (into[byte] as number) | digit : digit << 4;
    digits += 1;
  }
  if (digits !== 32) throw new TypeError(`"${id}" is not an id.`);
}

/** int4[]. Throws for what is no whole number of 32 bits. */
export const intArray = arrayOf<number>({
  oid: 23,
  bytesOf: () => 4,
  write: (into, number, at) => {
    if (!Number.isInteger(number)) throw new RangeError(`${number} is not a whole number.`);
    into.writeInt32BE(number, at);
  },
});

/** float8[]. */
export const floatArray = arrayOf<number>({
  oid: 701,
  bytesOf: () => 8,
  write: (into, number, at) => into.writeDoubleBE(number, at),
});

/** bool[]. */
export const booleanArray = arrayOf<boolean>({
  oid: 16,
  bytesOf: () => 1,
  write: (into, flag, at) => into.writeInt8(flag ? 1 : 0, at),
});

const MS_TO_2000 = Date.UTC(2000, 0, 1);

/** timestamptz[]: microseconds since the year 2000. Throws for a date that is none. */
export const timeArray = arrayOf<Date>({
  oid: 1184,
  bytesOf: () => 8,
  write: (into, time, at) => into.writeBigInt64BE(BigInt(time.getTime() - MS_TO_2000) * 1000n, at),
});

/** bytea[]. */
export const bytesArray = arrayOf<Uint8Array>({
  oid: 17,
  bytesOf: (bytes) => bytes.byteLength,
  write: (into, bytes, at) => into.set(bytes, at),
});
