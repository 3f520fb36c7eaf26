import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveHub } from "#components/live/live-hub.ts";

/** A browser's stream of events, opened and broken by the test. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static readonly made: FakeSource[] = [];
  readyState = 0;
  readonly topics: string[];
  constructor(url: string) {
    super();
    this.topics = (new URL(url, "http://localhost").searchParams.get("topics") ?? "").split(",");
    FakeSource.made.push(this);
  }
  close(): void {
    this.readyState = 2;
  }
  opens(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  breaks(): void {
    this.readyState = 0;
    this.dispatchEvent(new Event("error"));
  }
  says(...topics: string[]): void {
    this.dispatchEvent(new MessageEvent("news", { data: JSON.stringify(topics) }));
  }
}

/** Tabs of one browser: each gets what the others post, at once. */
class FakeChannel {
  static readonly all: FakeChannel[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor() {
    FakeChannel.all.push(this);
  }
  postMessage(data: unknown): void {
    for (const other of FakeChannel.all) if (other !== this) other.onmessage?.({ data });
  }
  close(): void {
    FakeChannel.all.splice(FakeChannel.all.indexOf(this), 1);
  }
}

beforeEach(() => {
  FakeSource.made.length = 0;
  FakeChannel.all.length = 0;
  const stored = new Map<string, string>();
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  vi.stubGlobal("BroadcastChannel", FakeChannel);
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
});
afterEach(() => void vi.useRealTimers());

const newest = (): FakeSource => {
  const source = FakeSource.made.at(-1);
  if (source === undefined) throw new Error("no stream was opened");
  return source;
};
const now = () => vi.advanceTimersByTimeAsync(0);

/** Counts how often a page of these topics reads again. */
function page(hub: LiveHub, ...topics: string[]) {
  const read: { times: number; close: () => void } = { times: 0, close: () => undefined };
  read.close = hub.subscribe(topics, () => void (read.times += 1));
  return read;
}

test("what a page subscribes in one go is one stream, and is read once when that is there", async () => {
  const hub = new LiveHub();
  const [list, detail] = [page(hub, "endpoint:1"), page(hub, "endpoint:1", "runs")];
  await now();
  expect(FakeSource.made.map(({ topics }) => topics)).toEqual([["endpoint:1", "runs"]]);
  expect([list.times, detail.times]).toEqual([0, 0]);
  newest().opens();
  expect([list.times, detail.times]).toEqual([1, 1]);
  newest().says("runs");
  expect([list.times, detail.times]).toEqual([1, 2]);
});

test("a stream replaced before it was there leaves no gap: its topics are read once its follower is up", async () => {
  const hub = new LiveHub();
  const endpoint = page(hub, "endpoint:1");
  await now();
  const first = newest();
  const settings = page(hub, "settings:1");
  await now();
  expect(FakeSource.made).toHaveLength(2);
  newest().opens();
  expect(first.readyState).toBe(FakeSource.CLOSED);
  expect([endpoint.times, settings.times]).toEqual([1, 1]);
});

test("while a wider stream is on its way the one before goes on, and what it told is not read again", async () => {
  const hub = new LiveHub();
  const endpoint = page(hub, "endpoint:1");
  await now();
  const first = newest();
  first.opens();
  const runs = page(hub, "runs");
  await now();
  first.says("endpoint:1");
  expect([endpoint.times, runs.times]).toEqual([2, 0]);
  newest().opens();
  expect([endpoint.times, runs.times]).toEqual([2, 1]);
});

test("after a stream broke everything is read again", async () => {
  const hub = new LiveHub();
  const endpoint = page(hub, "endpoint:1");
  await now();
  newest().opens();
  newest().breaks();
  newest().opens();
  expect(endpoint.times).toBe(2);
});

test("a page of topics that are heard already reads once, the others do not", async () => {
  const hub = new LiveHub();
  const one = page(hub, "runs");
  await now();
  newest().opens();
  const other = page(hub, "runs");
  await now();
  expect(FakeSource.made).toHaveLength(1);
  expect([one.times, other.times]).toEqual([1, 1]);
});

test("a second tab opens no stream, hears what the first hears, and takes over when that is gone", async () => {
  const [first, second] = [new LiveHub(), new LiveHub()];
  const here = page(first, "runs");
  await now();
  newest().opens();
  const there = page(second, "runs", "flows");
  await now();
  expect(there.times).toBe(1);
  expect(newest().topics).toEqual(["flows", "runs"]);
  newest().opens();
  expect([here.times, there.times]).toEqual([1, 2]);
  newest().says("flows");
  expect([here.times, there.times]).toEqual([1, 3]);
  const streams = FakeSource.made.length;
  here.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(FakeSource.made).toHaveLength(streams + 1);
  newest().opens();
  expect(there.times).toBe(4);
});
