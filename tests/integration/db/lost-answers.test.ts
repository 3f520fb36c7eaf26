import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import { writeJournal } from "#lib/db/journal.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { withClient } from "#lib/db/with-client.ts";
import type { JournalWrite } from "#lib/engine/journal-rows.ts";
import { claimFreeRun } from "#tests/support/claim-free-run.ts";
import { type CutProxy, openCutProxy } from "#tests/support/cut-proxy.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

const database = useTestDatabase();
let proxy: CutProxy;
beforeAll(async () => {
  const url = new URL(database.url);
  proxy = await openCutProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  process.env.DATABASE_URL = url.href;
});
afterAll(async () => {
  proxy.heal();
  await closeRunPools();
  await proxy.close();
});

const count = (text: string, values: unknown[]) =>
  withClient(database.url, async (client) => (await client.query(text, values)).rowCount);

test("a journal write whose answer got lost is no fault of the run when it is sent again", async () => {
  const { runId } = await insertEventRun(await insertFlowRows(flowOf([])), "{}", { job: false });
  const run = await claimFreeRun({ runId, poolId: "pool-a", leaseToken: randomUUID() });
  if (run === null) throw new Error("not claimed");
  const hold = { kind: "hold", name: null, progress: false } as const;
  const writeOf = (id: string): JournalWrite => ({
    steps: [],
    attempts: [],
    data: [{ id, kind: "output", json: "1", sealed: null }],
    run: hold,
  });
  await writeJournal(run, writeOf(newId()), { number: 1, tries: 1 });

  const id = newId();
  proxy.loseAnswers();
  const written = writeJournal(run, writeOf(id), { number: 2, tries: 1 });
  await expect
    .poll(() => count("SELECT FROM journal_part WHERE rows LIKE '%' || $1 || '%'", [id]), { timeout: 10_000 })
    .toBe(1);
  proxy.cut();
  proxy.heal();
  await expect(written).resolves.toBeUndefined();
  expect(await count("SELECT FROM journal_part WHERE run_id = $1", [runId])).toBe(2);
});
