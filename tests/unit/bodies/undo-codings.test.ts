import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodedBytesMax, isPackedText, undoCodings, unreadableCoding } from "#lib/bodies/undo-codings.ts";

const MIB = 1_048_576;
const ENCODERS: ReadonlyArray<readonly [coding: string, encode: (bytes: Uint8Array) => Buffer]> = [
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
];
const undo = (coding: string | null, bytes: Uint8Array, bytesMax = MIB) => undoCodings(bytes, coding, { bytesMax });

it("gives any bytes back, whichever way and however often they were packed", async () => {
  const bytes = fc.uint8Array({ minLength: 40, maxLength: 2_000 });
  await fc.assert(
    fc.asyncProperty(
      bytes,
      fc.array(fc.constantFrom(...ENCODERS), { minLength: 1, maxLength: 3 }),
      async (sent, way) => {
        const packed = way.reduce((inner: Uint8Array, [, encode]) => encode(inner), sent);
        const unfolded = await undo(way.map(([coding]) => coding).join(", "), packed);
        expect(unfolded).toMatchObject({ cut: false, problem: null, notes: [] });
        expect(Buffer.from(sent).equals(unfolded.bytes)).toBe(true);
      },
    ),
    { numRuns: 200, seed: 7 },
  );
});

it("never throws for bytes that are no such coding", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 500 }),
      fc.constantFrom("gzip", "deflate", "br", "zstd", "gzip, br", "x, y"),
      async (bytes, coding) => {
        const { bytes: left, problem } = await undo(coding, bytes);
        expect(left).toBeInstanceOf(Uint8Array);
        expect(["broken", undefined]).toContain(problem?.kind);
      },
    ),
    { numRuns: 300, seed: 8 },
  );
});

it.each(ENCODERS)("stops what unfolds from %s at the limit and takes what just fits", async (coding, encode) => {
  expect(await undo(coding, encode(Buffer.alloc(MIB)))).toMatchObject({ cut: false, problem: null });
  const over = await undo(coding, encode(Buffer.alloc(MIB + 1)));
  expect([over.cut, over.bytes.byteLength]).toEqual([true, MIB]);
});

it("stops what is folded twice at the limit too", async () => {
  const twice = gzipSync(gzipSync(Buffer.alloc(2 * MIB)));
  const over = await undo("gzip, gzip", twice);
  expect([over.cut, over.bytes.byteLength]).toEqual([true, MIB]);
});

it("lets a body unfold to a MiB, or ten times its size, and never beyond 16 MiB", () => {
  expect(decodedBytesMax(10)).toBe(MIB);
  expect(decodedBytesMax(MIB)).toBe(10 * MIB);
  expect(decodedBytesMax(10 * MIB)).toBe(16 * MIB);
});

describe("a coding that is none", () => {
  const json = Buffer.from('{"id":7,"name":"Zoë"}');
  it.each(["utf-8", "none", "aws-chunked", "UTF-8", "gzip", "deflate", "br", "zstd", "x-gzip", "gzip, utf-8"])(
    "leaves readable bytes that say %s as they came",
    async (coding) => {
      const unfolded = await undo(coding, json);
      expect(unfolded).toMatchObject({ coding: null, cut: false, problem: null });
      expect(Buffer.from(unfolded.bytes).equals(json)).toBe(true);
      expect(unfolded.notes[0]).toMatchObject({ kind: "no-such-coding" });
    },
  );

  it.each([null, "", "identity", " , Identity"])("that says %j is not even looked at", async (coding) => {
    expect(await undo(coding, json)).toEqual({ bytes: json, coding: null, cut: false, problem: null, notes: [] });
  });

  it("beside a real one is passed over", async () => {
    const unfolded = await undo("aws-chunked, gzip", gzipSync(json));
    expect(unfolded).toMatchObject({ coding: "gzip", notes: [{ kind: "no-such-coding", coding: "aws-chunked" }] });
    expect(Buffer.from(unfolded.bytes).equals(json)).toBe(true);
  });
});

describe("what cannot be undone", () => {
  it("keeps what came before it broke off, and says so", async () => {
    const half = gzipSync(Buffer.from(JSON.stringify(Array.from({ length: 400 }, (_, n) => n * 7919)))).subarray(
      0,
      300,
    );
    const { bytes, problem } = await undo("gzip", half);
    expect(problem?.kind).toBe("broken");
    expect(bytes.byteLength).toBeGreaterThan(0);
    const cutByUs = await undoCodings(half, "gzip", { bytesMax: MIB, inputIsCut: true });
    expect(cutByUs.problem).toBeNull();
  });

  it("is told from what is no coding", () => {
    expect(unreadableCoding("compress")).toBe("compress");
    expect(unreadableCoding("gzip, dcz")).toBe("dcz");
    expect(unreadableCoding("gzip,deflate,gzip,deflate,gzip")).not.toBeNull();
    for (const coding of ["gzip", "zstd", "utf-8", "none", "", "gzip, gzip"])
      expect(unreadableCoding(coding)).toBeNull();
  });

  it("and what was not asked for stays as it came", async () => {
    const raw = brotliCompressSync(Buffer.from([0, 1, 2, 255]));
    expect(await undoCodings(raw, "br", { bytesMax: 100, without: "br" })).toMatchObject({
      problem: { kind: "unasked" },
    });
    expect(await undo("compress", raw)).toMatchObject({ problem: { kind: "unasked" } });
  });
});

describe("a coding that is another one", () => {
  const json = Buffer.from('{"id":7,"name":"Zoë"}');
  it.each([
    ["gzip", "deflate", deflateSync(json)],
    ["gzip", "zstd", zstdCompressSync(json)],
    ["deflate", "gzip", gzipSync(json)],
    ["zstd", "gzip", gzipSync(json)],
    ["br", "gzip", gzipSync(json)],
    ["zstd", "deflate", deflateSync(json)],
  ])("named %s and %s by its bytes is undone, with a note", async (declared, used, packed) => {
    const unfolded = await undo(declared, packed);
    expect(unfolded).toMatchObject({ problem: null, notes: [{ kind: "other-coding", declared, used }] });
    expect(Buffer.from(unfolded.bytes).equals(json)).toBe(true);
  });

  it.each(["gzip;q=1.0", '"gzip"', "GZIP ; q=1"])("written as %s is the coding all the same", async (coding) => {
    const unfolded = await undo(coding, gzipSync(json));
    expect(unfolded).toMatchObject({ coding: "gzip", notes: [] });
    expect(Buffer.from(unfolded.bytes).equals(json)).toBe(true);
  });

  it.each(["gzip", "deflate", "br", "zstd"])(
    "%s over bytes of any kind that are not packed is none",
    async (coding) => {
      const picture = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
      for (const bytes of [Buffer.from('{"n":"Caf\u00e9"}', "latin1"), Buffer.from('{"n":"é"}', "utf16le"), picture]) {
        const unfolded = await undo(coding, bytes);
        expect(unfolded).toMatchObject({ problem: null, notes: [{ kind: "no-such-coding", coding }] });
        expect(Buffer.from(unfolded.bytes).equals(bytes)).toBe(true);
      }
    },
  );
});

describe("zstd in several frames", () => {
  const frames = (count: number) => Buffer.concat(Array.from({ length: count }, (_, at) => zstdCompressSync(`${at},`)));
  const skippable = Buffer.from("502a4d180400000001020304", "hex");

  it("is undone to its end", async () => {
    const { bytes, problem } = await undo("zstd", Buffer.concat([skippable, frames(3), skippable, frames(1)]));
    expect([Buffer.from(bytes).toString(), problem]).toEqual(["0,1,2,0,", null]);
  });

  it("stops at the limit, and where there are too many", async () => {
    expect(await undo("zstd", frames(90), 50)).toMatchObject({ cut: true, bytes: { byteLength: 50 } });
    expect((await undo("zstd", frames(101))).problem).toMatchObject({ message: "it has too many frames" });
  });
});

describe("what is text by its type", () => {
  const json = Buffer.from('{"id":7,"name":"Zoë"}');
  const asText = (coding: string | null, bytes: Uint8Array) =>
    undoCodings(bytes, coding, { bytesMax: MIB, isText: true });

  it.each([
    ["without a header", null, gzipSync(json)],
    ["without one, in zstd", null, zstdCompressSync(json)],
    ["with a header that names none", "utf-8", gzipSync(json)],
  ])("is unpacked %s, with a note", async (_what, coding, packed) => {
    const unfolded = await asText(coding, packed);
    expect(Buffer.from(unfolded.bytes).equals(json)).toBe(true);
    expect(unfolded.notes.at(-1)).toMatchObject({ kind: "unsaid-coding" });
    expect(unfolded.problem).toBeNull();
  });

  it("stays as it came where it only begins so, and stops at the limit all the same", async () => {
    const like = Buffer.from([0x1f, 0x8b, 0x41, 0x42]);
    expect(await asText(null, like)).toEqual({ bytes: like, coding: null, cut: false, problem: null, notes: [] });
    expect(await asText(null, gzipSync(Buffer.alloc(2 * MIB)))).toMatchObject({ cut: true, coding: "gzip" });
    expect(await undo(null, gzipSync(json))).toMatchObject({ coding: null, notes: [] });
    // Once and no more, as where a header says it.
    const inner = gzipSync(json);
    for (const coding of [null, "gzip"]) {
      const { bytes } = await asText(coding, gzipSync(inner));
      expect(Buffer.from(bytes).equals(inner)).toBe(true);
    }
  });

  it.each([
    ["application/json", true],
    ["application/x-www-form-urlencoded", true],
    ["text/xml; charset=utf-8", true],
    ["application/gzip", false],
    ["application/octet-stream", false],
    [null, false],
  ])("is told by it: %s", (type, expected) => {
    expect(isPackedText(type, gzipSync(json))).toBe(expected);
    expect(isPackedText(type, json)).toBe(false);
  });
});
