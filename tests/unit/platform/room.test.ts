import { expect, test, vi } from "vitest";
import { type Place, Room } from "#lib/platform/room.ts";

const LIMITS = { bytesMax: 100, bytesPerKeyMax: 50, waitMsMax: 60_000 };

/** The names of those that are inside by now, in the order they came in. */
function watch(places: Record<string, Place>): string[] {
  const inside: string[] = [];
  for (const [name, { taken }] of Object.entries(places)) void taken.then((came) => came && inside.push(name));
  return inside;
}

const settled = () => new Promise(setImmediate);

test("no more bytes are let in than there is room for, and nobody waits behind a key that has its share", async () => {
  const room = new Room(LIMITS);
  const a1 = room.enter("a", 30);
  const a2 = room.enter("a", 20);
  const a3 = room.enter("a", 20);
  const b1 = room.enter("b", 40);
  const c1 = room.enter("c", 20);
  const inside = watch({ a1, a2, a3, b1, c1 });
  await settled();
  expect(inside).toEqual(["a1", "a2", "b1"]);
  expect(room.used).toBe(90);
  b1.leave();
  await settled();
  expect(inside).toEqual(["a1", "a2", "b1", "c1"]);
  a1.leave();
  await settled();
  expect(inside).toEqual(["a1", "a2", "b1", "c1", "a3"]);
  for (const place of [a2, a3, c1]) place.leave();
  expect(room.used).toBe(0);
});

test("keys take turns", async () => {
  const room = new Room({ ...LIMITS, bytesMax: 50 });
  const first = room.enter("a", 50);
  const waiting = {
    a1: room.enter("a", 50),
    a2: room.enter("a", 50),
    b1: room.enter("b", 50),
    b2: room.enter("b", 50),
  };
  const inside = watch(waiting);
  first.leave();
  for (const name of ["a1", "b1", "a2", "b2"] as const) {
    await settled();
    expect(inside.at(-1)).toBe(name);
    waiting[name].leave();
  }
  expect(room.used).toBe(0);
});

test("what is larger than the room comes in alone", async () => {
  const room = new Room(LIMITS);
  const small = room.enter("a", 1);
  const huge = room.enter("b", 1_000);
  const after = room.enter("c", 1);
  const inside = watch({ small, huge, after });
  await settled();
  expect(inside).toEqual(["small"]);
  small.leave();
  await settled();
  expect(inside).toEqual(["small", "huge"]);
  huge.leave();
  await settled();
  expect(inside).toEqual(["small", "huge", "after"]);
});

test("who leaves while waiting or waits too long takes no room; leaving twice gives none away twice", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const room = new Room(LIMITS);
  const [a, b] = [room.enter("a", 50), room.enter("b", 50)];
  const gone = room.enter("c", 50);
  const late = room.enter("d", 50);
  gone.leave();
  expect(await gone.taken).toBe(false);
  vi.advanceTimersByTime(LIMITS.waitMsMax);
  expect(await late.taken).toBe(false);
  for (const place of [gone, late, a, a]) place.leave();
  expect(room.used).toBe(50);
  const next = room.enter("e", 50);
  expect(await next.taken).toBe(true);
  for (const place of [b, next]) place.leave();
  expect(room.used).toBe(0);
  vi.useRealTimers();
});

test("work is done in a place of its own, which it leaves also when it fails", async () => {
  const room = new Room({ ...LIMITS, waitMsMax: null });
  const held = room.enter("a", 100);
  const begun: string[] = [];
  const fails = room.during("a", 60, () => Promise.reject(new Error("no")));
  const works = room.during("b", 60, async () => begun.push("b"));
  await settled();
  expect(begun).toEqual([]);
  held.leave();
  await expect(fails).rejects.toThrow("no");
  await works;
  expect(begun).toEqual(["b"]);
  expect(room.used).toBe(0);
});
