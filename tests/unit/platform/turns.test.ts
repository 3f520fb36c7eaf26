import { expect, test } from "vitest";
import { Turns } from "#lib/platform/turns.ts";

const LIMITS = { atOnce: 2, waitingMax: 3, bytesMax: 100, waitMsMax: 60_000 };

/** Work that ends when told to, and notes when it began. */
function makeWork() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    work: (name: string) => () =>
      new Promise<string>((resolve) => {
        begun.push(name);
        ends.set(name, () => resolve(name));
      }),
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

test("a few work at once and the others in turn, one of each key", async () => {
  const turns = new Turns(LIMITS);
  const { begun, work, end } = makeWork();
  const all = [
    turns.take("a", 1, work("a1")),
    turns.take("a", 1, work("a2")),
    turns.take("a", 1, work("a3")),
    turns.take("a", 1, work("a4")),
    turns.take("b", 1, work("b1")),
  ];
  expect(begun).toEqual(["a1", "a2"]);
  for (const name of ["a1", "a2", "a3", "b1", "a4"]) await end(name);
  expect(begun).toEqual(["a1", "a2", "a3", "b1", "a4"]);
  expect(await Promise.all(all)).toEqual(["a1", "a2", "a3", "a4", "b1"]);
});

test("what is too much, too large or waits too long does not get its turn", async () => {
  const turns = new Turns({ ...LIMITS, atOnce: 1, waitMsMax: 30 });
  const { begun, work, end } = makeWork();
  const first = turns.take("a", 1, work("first"));
  const late = turns.take("a", 60, work("late"));
  expect(await turns.take("b", 60, work("large"))).toBeNull();
  const more = [turns.take("b", 1, work("b1")), turns.take("b", 1, work("b2"))];
  expect(await turns.take("c", 1, work("fourth"))).toBeNull();
  expect(await Promise.all([late, ...more])).toEqual([null, null, null]);
  await end("first");
  expect(await first).toBe("first");
  expect(begun).toEqual(["first"]);
  expect(await turns.take("c", 90, async () => "again")).toBe("again");
});

test("work that fails passes its turn on", async () => {
  const turns = new Turns({ ...LIMITS, atOnce: 1 });
  const failing = turns.take("a", 1, () => Promise.reject(new Error("broken")));
  const next = turns.take("a", 1, async () => "next");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("next");
});
