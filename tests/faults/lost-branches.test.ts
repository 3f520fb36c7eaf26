import { afterEach, beforeEach, expect, test } from "vitest";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { audit, breaches, settle } from "#tests/support/chaos/audit.ts";
import { sendEvents } from "#tests/support/chaos/send-events.ts";
import { type Stage, setStage } from "#tests/support/chaos/stage.ts";
import { flowOf } from "#tests/support/memory-run.ts";

const CONCURRENCY = 8;
const EVENTS = 16;
const BRANCHES = 3;

const post = (url: string, id: string): Step => ({
  kind: "action",
  id,
  name: id,
  action: "http.request",
  input: {
    method: "POST",
    url: `${url}/${id}/{{ trigger.body.n }}`,
    body: { kind: "json", json: '{ "n": {{ trigger.body.n }}, "chance": {{ $random() }}, "at": {{ $millis() }} }' },
  },
});

let stage: Stage;
beforeEach(async () => {
  stage = await setStage({
    workers: 2,
    concurrency: CONCURRENCY,
    flow: (url) => {
      const ways: Step[][] = [[post(url, "a")], [post(url, "b"), post(url, "b2")], [post(url, "gone")]];
      return flowOf([
        {
          kind: "parallel",
          id: "all",
          name: "All",
          branches: ways.map((steps, index) => ({ id: `way_${index}`, name: `Way ${index}`, steps })),
          settings: { onError: "path" },
          errorSteps: [post(url, "tell")],
        },
        post(url, "join"),
      ]);
    },
  });
});
afterEach(() => stage.end());

test("workers killed among the branches: every step arrives under one key, each join and error path once", async () => {
  stage.sink.answer((hit) => ({ status: hit.path.startsWith("/gone/") ? 404 : 200, afterMs: 150 }));
  const acks = await sendEvents(stage.url, { connections: 8, isOver: () => false, max: EVENTS });
  for (const [index, hits] of [EVENTS, EVENTS * 3, EVENTS * 5].entries()) {
    await expect.poll(() => stage.sink.hits().length, { timeout: 60_000, interval: 20 }).toBeGreaterThanOrEqual(hits);
    stage.workers[index % 2]?.kill("SIGKILL");
  }
  expect(await settle(60_000)).toBe(0);
  const hits = stage.sink.hits();
  const keysOf = Map.groupBy(hits, ({ path }) => path);
  expect(keysOf.size).toBe(EVENTS * 6);
  for (const [path, list] of keysOf) expect(new Set(list.map(({ key }) => key)).size, path).toBe(1);
  expect(breaches(await audit(acks, hits, 3 * CONCURRENCY * BRANCHES))).toEqual({});
});
