import { describe, expect, test } from "vitest";
import {
  booleanArray,
  bytesArray,
  floatArray,
  intArray,
  textArray,
  timeArray,
  uuidArray,
} from "#lib/db/binary-array.ts";
import { pool } from "#lib/db/pool.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();

const id = "01a22c5e-052c-77cd-a08a-a0311a338054";
const CASES: [type: string, written: Buffer, values: unknown[]][] = [
  ["text", textArray([]), []],
  ["text", textArray([null]), [null]],
  ...[["", "NULL", "null", null, 'a "b" \\ {c},d', "é😀\n\t", "x".repeat(70_000), " "]].map(
    (texts): [string, Buffer, unknown[]] => ["text", textArray(texts), texts],
  ),
  ["uuid", uuidArray([id, null, id.toUpperCase(), id.replaceAll("-", "")]), [id, null, id, id]],
  ["int", intArray([0, -1, null, 2_147_483_647, -2_147_483_648]), [0, -1, null, 2_147_483_647, -2_147_483_648]],
  [
    "float8",
    floatArray([0.1, null, -1e300, Number.POSITIVE_INFINITY, 5e-324]),
    [0.1, null, -1e300, "Infinity", 5e-324],
  ],
  ["bool", booleanArray([true, false, null]), [true, false, null]],
  [
    "timestamptz",
    timeArray([new Date(0), null, new Date("1969-12-31T23:59:59.999Z"), new Date("2026-11-30T12:00:00.123Z")]),
    [new Date(0), null, new Date("1969-12-31T23:59:59.999Z"), new Date("2026-11-30T12:00:00.123Z")],
  ],
  ["timestamptz", timeArray([new Date("9999-12-31T23:59:59.999Z")]), [new Date("9999-12-31T23:59:59.999Z")]],
  [
    "bytea",
    bytesArray([new Uint8Array(0), null, Uint8Array.of(0, 255, 92)]),
    [Buffer.alloc(0), null, Buffer.of(0, 255, 92)],
  ],
];

describe("an array in PostgreSQL's binary form", () => {
  test.each(CASES)("of %s is the array that the driver writes as text", async (type, written, values) => {
    const { rows } = await pool().query<{ same: boolean; items: number }>(
      `SELECT $1::${type}[] IS NOT DISTINCT FROM $2::${type}[] AS same, cardinality($1::${type}[]) AS items`,
      [written, values],
    );
    expect(rows).toEqual([{ same: true, items: values.length }]);
  });

  test.each([
    ["an id with a digit too few", () => uuidArray([id.slice(1)])],
    ["an id with a digit too many", () => uuidArray([`${id}0`])],
    ["an id with another character", () => uuidArray([id.replace("a", "g")])],
    ["part of a number", () => intArray([1.5])],
    ["a number beyond 32 bits", () => intArray([2 ** 31])],
    ["a date that is none", () => timeArray([new Date(Number.NaN)])],
  ])("is not made of %s", (_what, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "22P02" }));
  });

  test("with a NUL in a text is refused by the database, as it is in text form", async () => {
    await expect(pool().query("SELECT $1::text[]", [textArray(["a\0b"])])).rejects.toMatchObject({ code: "22021" });
  });
});
