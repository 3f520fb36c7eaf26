import { expect, it } from "vitest";
import { ByteBudget } from "#lib/platform/byte-budget.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Work of these keys and sizes on one budget, each ended by hand. */
function start(budget: ByteBudget, pieces: [key: string, bytes: number][]) {
  const begun: string[] = [];
  const ends = pieces.map(([key, bytes], index) => {
    let end: () => void = () => undefined;
    const work = new Promise<void>((resolve) => (end = resolve));
    void budget.spend(key, bytes, () => {
      begun.push(`${key}${index}`);
      return work;
    });
    return end;
  });
  return { begun, end: (index: number) => ends[index]?.() };
}

it("begins what fits, and the rest as bytes come free, one of each key in turn", async () => {
  const budget = new ByteBudget(10);
  const { begun, end } = start(budget, [
    ["a", 5],
    ["a", 5],
    ["a", 5],
    ["a", 5],
    ["b", 5],
  ]);
  await settled();
  expect(begun).toEqual(["a0", "a1"]);
  end(0);
  await settled();
  expect(begun).toEqual(["a0", "a1", "a2"]);
  end(1);
  await settled();
  expect(begun).toEqual(["a0", "a1", "a2", "b4"]);
  for (const index of [2, 3, 4]) end(index);
  await settled();
  await settled();
  expect(begun).toHaveLength(5);
  expect(budget.used).toBe(0);
});

it("gives what is larger than all of it a turn, beside nothing else", async () => {
  const budget = new ByteBudget(10);
  const { begun, end } = start(budget, [
    ["a", 100],
    ["b", 1],
  ]);
  await settled();
  expect(begun).toEqual(["a0"]);
  end(0);
  await settled();
  expect(begun).toEqual(["a0", "b1"]);
});

it("gives the bytes back when the work fails, and tells the failure", async () => {
  const budget = new ByteBudget(10);
  await expect(budget.spend("a", 10, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await budget.spend("a", 10, () => Promise.resolve("yes"))).toBe("yes");
  expect(budget.used).toBe(0);
});
