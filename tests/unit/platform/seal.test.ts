import { expect, test } from "vitest";
import { createSealer, SealBroken } from "#lib/platform/seal.ts";

const place = { purpose: "connection", table: "connection", row: "0192", field: "secrets" };
const sealer = createSealer(Buffer.alloc(32, 7));

test("opens what it sealed, for every length and script", () => {
  for (const text of ["", "x", "pässwörd 🔑", "a".repeat(100_000)])
    expect(sealer.open(place, sealer.seal(place, text))).toBe(text);
});

test("seals the same text differently each time", () => {
  expect(sealer.seal(place, "same").equals(sealer.seal(place, "same"))).toBe(false);
});

test("does not open a blob moved to another row, field, table or purpose", () => {
  const blob = sealer.seal(place, "secret");
  for (const key of ["purpose", "table", "row", "field"] as const)
    expect(() => sealer.open({ ...place, [key]: "other" }, blob)).toThrow(SealBroken);
});

test("does not open a blob with any one bit changed", () => {
  const blob = sealer.seal(place, "secret");
  for (let at = 0; at < blob.length; at += 1) {
    const changed = Buffer.from(blob);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => sealer.open(place, changed)).toThrow(SealBroken);
  }
});

test("names a different key as the cause", () => {
  const blob = createSealer(Buffer.alloc(32, 8)).seal(place, "secret");
  expect(() => sealer.open(place, blob)).toThrow(expect.objectContaining({ reason: "other-key" }));
});

test("does not open truncated blobs", () => {
  const blob = sealer.seal(place, "secret");
  for (let length = 0; length < blob.length; length += 1)
    expect(() => sealer.open(place, blob.subarray(0, length))).toThrow(SealBroken);
});
