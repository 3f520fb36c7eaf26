import { afterEach, expect, test } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { audit, breaches, settle } from "#tests/support/chaos/audit.ts";
import { killInTurn } from "#tests/support/chaos/kill-in-turn.ts";
import { sendEvents } from "#tests/support/chaos/send-events.ts";
import { type Stage, setStage } from "#tests/support/chaos/stage.ts";
import { flowOf } from "#tests/support/memory-run.ts";

const CONCURRENCY = 8;
const KILLS = 8;
/** A fixed order of victims, so that two runs of this test do the same. */
const VICTIMS = ["door", "postgres", "worker", "all"] as const;

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.end();
  stage = null;
});

/** Neighbouring batches share items, as a sender regroups what it sends again. */
const itemsOf = (n: number) => Array.from({ length: 8 }, (_, i) => ({ id: `item-${n * 3 + i}`, note: "é".repeat(30) }));

test("every item of a batch with a 2xx has one finished run, though worker, database and web are killed", async () => {
  stage = await setStage({
    workers: 2,
    concurrency: CONCURRENCY,
    settings: {
      split: { kind: "path", path: "items" },
      dedupe: { kind: "source", source: { from: "body", path: "id" } },
    },
    flow: (url) =>
      flowOf([
        {
          kind: "action",
          id: "call",
          name: "Call",
          action: "http.request",
          input: {
            method: "POST",
            url: `${url}/{{ trigger.body.id }}`,
            body: { kind: "json", json: '{ "id": {{ trigger.body.id }} }' },
          },
        },
      ]),
  });
  const { workers, sink } = stage;
  let over = false;
  const sent: number[] = [];
  const bodyOf = (n: number) => {
    sent.push(n);
    return { items: itemsOf(n) };
  };
  const sending = sendEvents(stage.url, { connections: 6, isOver: () => over, max: 100_000, everyMs: 60, bodyOf });
  await killInTurn(stage, KILLS, VICTIMS);
  over = true;
  const acks = await sending;
  await settle(45_000);
  const result = await audit(acks, sink.hits(), (KILLS + 1) * workers.length * CONCURRENCY);
  const wanted = new Set(sent.flatMap((n) => itemsOf(n).map(({ id }) => id)));
  const { rows } = await pool().query<{ delivery_id: string }>(
    "SELECT delivery_id FROM event_item WHERE NOT duplicate",
  );
  process.stdout.write(`batches under ${KILLS} kills: ${wanted.size} items, ${JSON.stringify(result)}\n`);
  expect(result.acked).toBeGreaterThan(200);
  expect(breaches(result)).toEqual({});
  expect(rows.map((row) => row.delivery_id).sort()).toEqual([...wanted].sort());
  expect(new Set(sink.hits().map((hit) => hit.path))).toEqual(new Set([...wanted].map((id) => `/${id}`)));
});
