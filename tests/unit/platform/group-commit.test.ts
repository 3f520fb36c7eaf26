import { expect, it } from "vitest";
import { GroupCommit, GroupOverloaded } from "#lib/platform/group-commit.ts";

const make = (flush: (items: readonly number[]) => Promise<readonly string[]>, more: object = {}) =>
  new GroupCommit<number, string>({
    flush,
    mayBeOneItem: (error) => (error as Error).message === "poison",
    bytesOf: () => 10,
    itemsPerFlushMax: 100,
    bytesPerFlushMax: 1_000,
    itemsWaitingMax: 50,
    bytesWaitingMax: 400,
    waitMsMax: 300,
    ...more,
  });

it("writes what waits together, one flush at a time, and gives each its own outcome", async () => {
  const sizes: number[] = [];
  let inFlight = 0;
  const group = make(async (items) => {
    inFlight += 1;
    expect(inFlight).toBe(1);
    sizes.push(items.length);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inFlight -= 1;
    return items.map((item) => `wrote ${item}`);
  });
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => group.submit(n)));
  expect(outcomes).toEqual(Array.from({ length: 20 }, (_, n) => `wrote ${n}`));
  expect(sizes).toEqual([20]);
});

it("fails one bad item alone and writes its neighbours", async () => {
  const group = make(async (items) => {
    if (items.includes(3)) throw new Error("poison");
    return items.map(String);
  });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((n) => group.submit(n)));
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
});

it("does not try items one by one when the database is at fault", async () => {
  let flushes = 0;
  const group = make(async () => {
    flushes += 1;
    throw new Error("down");
  });
  const outcomes = await Promise.allSettled([1, 2, 3].map((n) => group.submit(n)));
  expect(outcomes.every((outcome) => outcome.status === "rejected")).toBe(true);
  expect(flushes).toBe(1);
});

it("turns items away when too much waits, and sheds what waited too long", async () => {
  let release = (): void => undefined;
  const group = make(async (items) => {
    await new Promise<void>((resolve) => (release = resolve));
    return items.map(String);
  });
  const first = group.submit(0);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const waiting = Array.from({ length: 40 }, (_, n) => group.submit(n + 1));
  await expect(group.submit(99)).rejects.toBeInstanceOf(GroupOverloaded);
  const shed = await Promise.allSettled(waiting);
  expect(shed.every((outcome) => outcome.status === "rejected")).toBe(true);
  release();
  expect(await first).toBe("0");
});

it("lets the next group grow for a moment while groups exceed one, and writes a single item at once", async () => {
  const sizes: number[] = [];
  const group = make(
    async (items) => {
      sizes.push(items.length);
      return items.map(String);
    },
    { gatherMs: 40 },
  );
  const began = performance.now();
  await group.submit(1);
  expect(performance.now() - began).toBeLessThan(35);
  await Promise.all([2, 3].map((n) => group.submit(n)));
  const late = group.submit(4);
  await new Promise((resolve) => setTimeout(resolve, 10));
  await Promise.all([late, group.submit(5)]);
  expect(sizes).toEqual([1, 2, 2]);
});

const byTens = {
  keyOf: (item: number) => String(Math.floor(item / 1_000)),
  itemsWaitingMax: 500,
  bytesWaitingMax: 100_000,
};

it("writes another key's item beside the crowd in flight, and never a third flush", async () => {
  const flights: Array<{ items: readonly number[]; land: () => void }> = [];
  const group = make(async (items) => {
    await new Promise<void>((resolve) => flights.push({ items, land: resolve }));
    return items.map(String);
  }, byTens);
  const turns = async () => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const crowd = Array.from({ length: 20 }, (_, n) => group.submit(n));
  await turns();
  const more = Array.from({ length: 20 }, (_, n) => group.submit(100 + n));
  const other = group.submit(1_000);
  await turns();
  const third = group.submit(2_000);
  await turns();
  expect(flights.map(({ items }) => items.length)).toEqual([20, 1]);
  flights[1]?.land();
  expect(await other).toBe("1000");
  await turns();
  expect(flights.map(({ items }) => items)[2]).toEqual([2_000]);
  flights[2]?.land();
  flights[0]?.land();
  await Promise.all([...crowd, third]);
  await turns();
  flights[3]?.land();
  await Promise.all(more);
});

it("takes one of each key in turn when not all fit, and lets no key fill the waiting room", async () => {
  const flights: Array<{ items: readonly number[]; land: () => void }> = [];
  const group = make(
    async (items) => {
      await new Promise<void>((resolve) => flights.push({ items, land: resolve }));
      return items.map(String);
    },
    { ...byTens, itemsPerFlushMax: 10, itemsWaitingMax: 60 },
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const first = group.submit(1_000_000);
  await turn();
  const flood = Array.from({ length: 40 }, (_, n) => group.submit(n));
  const quiet = [group.submit(1_000), group.submit(2_000)];
  const settled = Promise.allSettled(flood);
  flights[0]?.land();
  await first;
  await turn();
  await turn();
  expect(flights[1]?.items).toEqual(expect.arrayContaining([1_000, 2_000]));
  expect(flights[1]?.items).toHaveLength(10);
  for (let index = 1; index < 6; index += 1) {
    flights[index]?.land();
    await turn();
    await turn();
    await turn();
  }
  const outcomes = await settled;
  expect(outcomes.filter((outcome) => outcome.status === "rejected")).toHaveLength(10);
  expect(await Promise.all(quiet)).toEqual(["1000", "2000"]);
});
