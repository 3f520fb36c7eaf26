import { describe, expect, test } from "vitest";
import { type Place, Shares } from "#lib/running/shares.ts";

const PLACES = 10;
const SLOW_MS = 300;
const WORKSPACE = "w";

type Begin = { workspaceId?: string; bodyBytes?: number; working?: boolean };

function stage() {
  let nowMs = 0;
  const shares = new Shares(PLACES, () => nowMs);
  return {
    shares,
    /** Lets time pass with a look every 50 ms; `atOnce`: with one look, as where the thread was held up. */
    pass(ms: number, { atOnce = false } = {}) {
      const stepMs = atOnce ? Math.max(ms, 1) : 50;
      for (let left = ms; left > 0; left -= stepMs) {
        nowMs += Math.min(left, stepMs);
        shares.look();
      }
      if (ms === 0) shares.look();
    },
    /** Runs of a flow that wait for others from their beginning on, unless `working`. */
    begin(count: number, flowId: string, { working = false, ...more }: Begin = {}): Place[] {
      return Array.from({ length: count }, () => {
        const place = shares.open();
        place.begin({ flowId, workspaceId: WORKSPACE, bodyBytes: 0, ...more });
        if (!working) void place.wait(() => new Promise(() => undefined));
        return place;
      });
    },
  };
}

const isFreed = (place: Place) =>
  Promise.race([place.freed.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

describe("a place", () => {
  test("is free for another run once its own takes over a quarter of a second, never before its claim", async () => {
    const { shares, begin, pass } = stage();
    const unclaimed = shares.open();
    const [slow] = begin(1, "f");
    pass(200);
    expect(await isFreed(slow as Place)).toBe(false);
    pass(100);
    expect(await isFreed(slow as Place)).toBe(true);
    pass(60_000);
    expect(await isFreed(unclaimed)).toBe(false);
  });

  test("is kept by a run that this machine is slow with, for two seconds", async () => {
    const { begin, pass } = stage();
    const [own] = begin(1, "f", { working: true });
    pass(1_900);
    expect(await isFreed(own as Place)).toBe(false);
    pass(200);
    expect(await isFreed(own as Place)).toBe(true);
  });

  test("is kept when nobody was there to see an answer: a thread that was held up takes nothing for slow", async () => {
    const { begin, pass } = stage();
    const [waiting] = begin(1, "f");
    pass(10_000, { atOnce: true });
    expect(await isFreed(waiting as Place)).toBe(false);
    pass(SLOW_MS);
    expect(await isFreed(waiting as Place)).toBe(true);
  });

  test("is freed by many short waits as by one long one", async () => {
    const { begin, pass } = stage();
    const [loop] = begin(1, "f", { working: true });
    for (let call = 0; call < 6; call += 1) {
      expect(await isFreed(loop as Place)).toBe(false);
      await (loop as Place).wait(async () => pass(50));
    }
    expect(await isFreed(loop as Place)).toBe(true);
  });

  test("is kept when too many stand aside in all, and freed when one of them ends", async () => {
    const { begin, pass } = stage();
    const flows = Array.from({ length: PLACES * 10 }, (_, index) => begin(1, `f${index}`)[0] as Place);
    pass(SLOW_MS);
    const [late] = begin(1, "late");
    pass(SLOW_MS);
    expect(await isFreed(late as Place)).toBe(false);
    flows[0]?.end();
    pass(0);
    expect(await isFreed(late as Place)).toBe(true);
  });
});

describe("the share of a flow", () => {
  test("is as many slow runs as there are places, and none of another's", () => {
    const { shares, begin, pass } = stage();
    begin(PLACES - 1, "slow");
    pass(SLOW_MS);
    expect(shares.closedGates().full).toEqual([]);
    begin(1, "slow");
    begin(PLACES, "quick");
    expect(shares.closedGates().full).toEqual([]);
    pass(260);
    begin(PLACES, "other");
    expect([...shares.closedGates().full].sort()).toEqual(["quick", "slow"]);
  });

  test("has no limit for runs that are quick", () => {
    const { shares, begin } = stage();
    begin(1_000, "quick");
    expect(shares.closedGates()).toEqual({ full: [], lined: [] });
  });

  test("opens again when one of its runs ends", () => {
    const { shares, begin, pass } = stage();
    const gate = { workspaceId: WORKSPACE, kind: "flow" as const, key: "slow" };
    const places = begin(PLACES, "slow");
    pass(SLOW_MS);
    expect(shares.room(gate)).toBe(0);
    places[0]?.end();
    places[0]?.end();
    expect(shares.closedGates().full).toEqual([]);
    expect(shares.room(gate)).toBe(1);
  });

  test("shrinks as others fill what there is, so that the next always finds room", () => {
    const { shares, begin, pass } = stage();
    const counts: number[] = [];
    for (let flow = 0; flow < 15; flow += 1) {
      let count = 0;
      while (!shares.closedGates().full.includes(`f${flow}`)) {
        begin(1, `f${flow}`, { workspaceId: `w${flow}` });
        pass(SLOW_MS);
        count += 1;
      }
      counts.push(count);
    }
    expect(counts.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => PLACES));
    expect(counts.every((count) => count >= 1)).toBe(true);
    expect(shares.asideWeight).toBeLessThan(PLACES * 10);
  });

  test("counts a run with a larger body as several: it is kept in memory", () => {
    const { shares, begin, pass } = stage();
    begin(3, "larger", { bodyBytes: 1024 * 1024 });
    pass(SLOW_MS);
    expect(shares.asideWeight).toBe(3 * 17);
  });

  test("counts a run over a large body as one: it waits for its turn at once, and is worked on elsewhere", async () => {
    const { shares, begin, pass } = stage();
    const [large] = begin(1, "large", { bodyBytes: 16 * 1024 * 1024, working: true });
    pass(SLOW_MS);
    expect(await isFreed(large as Place)).toBe(true);
    expect(shares.asideWeight).toBe(1);
  });
});

test("a workspace leaves a quarter of what there is to others, however many flows it has", () => {
  const { shares, begin, pass } = stage();
  let begun = 0;
  while (!shares.closedGates().full.includes(WORKSPACE) && begun < 1_000) {
    begin(1, `f${begun}`);
    pass(SLOW_MS);
    begun += 1;
  }
  expect(begun).toBe(75);
  expect(shares.room({ workspaceId: "other", kind: "workspace", key: "other" })).toBe(PLACES);
});

describe("a target", () => {
  test("may be called by as many slow calls as there are places, by each workspace for itself", () => {
    const { shares, pass } = stage();
    const over = Array.from({ length: PLACES }, () => shares.call(WORKSPACE, "slow.test:80"));
    expect(shares.isTargetClosed(WORKSPACE, "slow.test:80", false)).toBe(false);
    pass(SLOW_MS);
    expect(shares.isTargetClosed(WORKSPACE, "slow.test:80", true)).toBe(true);
    expect(shares.isTargetClosed("other", "slow.test:80", false)).toBe(false);
    expect(shares.isTargetClosed(WORKSPACE, "other.test:80", false)).toBe(false);
    over[0]?.();
    expect(shares.isTargetClosed(WORKSPACE, "slow.test:80", false)).toBe(false);
    expect(shares.room({ workspaceId: WORKSPACE, kind: "target", key: "slow.test:80" })).toBe(1);
  });

  test("has no limit for calls that are quick", () => {
    const { shares } = stage();
    for (let call = 0; call < 1_000; call += 1) shares.call(WORKSPACE, "quick.test:80");
    expect(shares.isTargetClosed(WORKSPACE, "quick.test:80", false)).toBe(false);
  });
});

describe("a gate with runs held back at it", () => {
  const gate = { workspaceId: WORKSPACE, kind: "flow" as const, key: "f" };

  test("opens twice as wide at each look while none of its runs is slow", () => {
    const { shares, begin, pass } = stage();
    begin(PLACES, "f", { working: true });
    shares.setLines([gate]);
    const rooms = Array.from({ length: 6 }, () => {
      pass(50);
      return shares.room(gate);
    });
    expect(rooms).toEqual([1, 2, 4, 8, 8, 8].map((times) => times * PLACES));
  });

  test("begins anew once one is slow, and when its line is gone", () => {
    const { shares, begin, pass } = stage();
    shares.setLines([gate]);
    for (let look = 0; look < 4; look += 1) shares.room(gate);
    const [slow] = begin(1, "f");
    pass(SLOW_MS);
    expect(shares.room(gate)).toBe(PLACES - 1);
    slow?.end();
    expect(shares.room(gate)).toBe(PLACES);
    expect(shares.room(gate)).toBe(2 * PLACES);
    shares.setLines([]);
    shares.setLines([gate]);
    expect(shares.room(gate)).toBe(PLACES);
  });
});

test("who comes while others are held back comes after them", () => {
  const { shares } = stage();
  const gates = [
    { workspaceId: WORKSPACE, kind: "flow" as const, key: "f" },
    { workspaceId: WORKSPACE, kind: "target" as const, key: "t.test:80" },
  ];
  shares.setLines(gates);
  expect(shares.closedGates()).toEqual({ full: [], lined: ["f"] });
  expect(shares.isTargetClosed(WORKSPACE, "t.test:80", false)).toBe(true);
  expect(shares.isTargetClosed(WORKSPACE, "t.test:80", true)).toBe(false);
  shares.setLines([]);
  expect(shares.isTargetClosed(WORKSPACE, "t.test:80", false)).toBe(false);
});
