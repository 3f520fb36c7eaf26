import { afterAll, beforeAll, expect, test } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { tryPort } from "#lib/platform/free-port.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertFlowRows } from "#tests/support/run-rows.ts";

const database = useTestDatabase();
const PRELOAD = ["--import", "./tests/support/chaos/shift-clock.ts"];
let sink: HttpSink;
beforeAll(async () => {
  sink = await startHttpSink({ durable: false });
});
afterAll(() => sink.close());

test.each([9, -9])(
  "a machine %i days off goes on at once, and again when its clock jumps the other way",
  async (days) => {
    const rows = await insertFlowRows(
      flowOf([
        {
          kind: "action",
          id: "call",
          name: "Call",
          action: "http.request",
          input: { method: "POST", url: `${sink.url}/{{ trigger.body.n }}`, body: { kind: "json", json: "{}" } },
        },
      ]),
    );
    const machine = await startMachine(days);
    try {
      await takesOneThrough(machine, rows, `start${days}`);
      for (const child of machine.children) child.kill("SIGUSR2");
      await takesOneThrough(machine, rows, `jump${days}`);
    } finally {
      for (const child of machine.children) child.kill("SIGTERM");
      await Promise.all(machine.children.map((child) => child.exited));
    }
    const { rows: runs } = await pool().query("SELECT status FROM run WHERE flow_id = $1", [rows.flowId]);
    expect(runs).toEqual([{ status: "succeeded" }, { status: "succeeded" }]);
  },
);

/** Sends one event, and sees it reach the target and its times be the database's. */
async function takesOneThrough(machine: Machine, rows: FlowRows, name: string): Promise<void> {
  const answer = await fetch(`${machine.url}/in/${rows.token}`, { method: "POST", body: JSON.stringify({ n: name }) });
  expect(answer.status).toBe(202);
  await expect.poll(() => sink.hits().some((hit) => hit.path === `/${name}`), { timeout: 15_000 }).toBe(true);
  await expect
    .poll(
      async () => {
        const { rows: ended } = await pool().query(
          `SELECT r.status FROM run r JOIN event e ON e.id = r.event_id JOIN event_payload p ON p.event_id = e.id
           WHERE r.flow_id = $1 AND convert_from(p.body, 'UTF8') LIKE '%' || $2 || '%' AND r.finished_at IS NOT NULL
             AND abs(extract(epoch FROM now() - e.received_at)) < 60`,
          [rows.flowId, name],
        );
        return ended;
      },
      { timeout: 15_000 },
    )
    .toEqual([{ status: "succeeded" }]);
}

type Machine = { url: string; children: Child[] };

async function startMachine(days: number): Promise<Machine> {
  const free = await tryPort(0, "127.0.0.1");
  if (free.kind === "refused") throw new Error("No free port.");
  const env = {
    DATABASE_URL: database.url,
    HOOKLINE_SECRET_KEY: process.env.HOOKLINE_SECRET_KEY ?? "",
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_SANDBOX_PROCESSES: "1",
    PORT: String(free.port),
    CLOCK_SHIFT_DAYS: String(days),
  };
  const children = ["tests/support/chaos/door-process.ts", "server/worker.ts"].map((file) =>
    startChild(file, env, PRELOAD),
  );
  await children[0]?.waitForLine("web is serving");
  await children[1]?.waitForLine("worker is working");
  return { url: `http://127.0.0.1:${free.port}`, children };
}
