import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type BodyCoding, decodeBody, decodedBytesMax, readCoding } from "#lib/platform/decode-body.ts";

const MIB = 1_048_576;
const ENCODERS: ReadonlyArray<readonly [BodyCoding, (bytes: Uint8Array) => Buffer]> = [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
];

it.each([
  ["gzip", "gzip"],
  [" GZip ", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["identity", null],
  ["zstd", null],
  ["gzip, gzip", null],
  ["", null],
  [null, null],
])("reads the coding %j as %j", (value, coding) => {
  expect(readCoding(value)).toBe(coding);
});

it("gives any bytes back, whichever way they were packed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
      fc.constantFrom(...ENCODERS),
      async (bytes, [coding, encode]) => {
        const decoding = await decodeBody(coding, encode(bytes));
        expect(decoding.kind === "decoded" && Buffer.from(bytes).equals(decoding.bytes)).toBe(true);
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});

it("never throws for bytes that are no such coding", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 500 }),
      fc.constantFrom("gzip", "deflate", "br"),
      async (bytes, coding) => {
        expect(["decoded", "broken", "too-large"]).toContain((await decodeBody(coding, bytes)).kind);
      },
    ),
    { numRuns: 300, seed: 8 },
  );
});

it.each(ENCODERS)("stops a %s bomb at the limit and takes what just fits", async (coding, encode) => {
  expect(await decodeBody(coding, encode(Buffer.alloc(MIB)))).toMatchObject({ kind: "decoded" });
  expect(await decodeBody(coding, encode(Buffer.alloc(MIB + 1)))).toEqual({ kind: "too-large", bytesMax: MIB });
  expect(await decodeBody(coding, encode(Buffer.alloc(100)), 99)).toEqual({ kind: "too-large", bytesMax: 99 });
});

it("lets a body unfold to a MiB, or ten times its size, and never beyond 16 MiB", () => {
  expect(decodedBytesMax(10)).toBe(MIB);
  expect(decodedBytesMax(MIB)).toBe(10 * MIB);
  expect(decodedBytesMax(10 * MIB)).toBe(16 * MIB);
});
