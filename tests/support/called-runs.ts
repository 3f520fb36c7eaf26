import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { closeLive } from "#lib/db/live.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { type HttpSink, type SinkHit, startHttpSink } from "./http-sink.ts";
import { flowOf } from "./memory-run.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "./run-rows.ts";
import { POOL_HERE, workOnRun } from "./work-on-run.ts";

/** One try per step: the first failure ends the run. */
export const ONE_TRY = { retry: { attempts: 1, firstMs: 100, factor: 1, maxMs: 100 } };

/** Runs of flows that call a target, worked on inside the test's own process. */
export type CalledRuns = {
  /** The target. It answers 200 at the start of every test. */
  readonly sink: HttpSink;
  /** A step that posts the trigger's body to the target under its own id. */
  post(id: string, settings?: object): Step;
  /** What the target got from the step of this id. */
  hitsOf(id: string): SinkHit[];
  /** A run of three posts whose middle one, of this id, has failed; the target still answers it 500. */
  failedRun(id: string): Promise<{ rows: FlowRows; runId: string }>;
};

/**
 * Starts the target and registers this process as a worker. Needs `useTestDatabase()` before it; read `sink` inside
 * tests only.
 */
export function useCalledRuns(): CalledRuns {
  process.env["HOOKLINE_EGRESS_ALLOW"] = "127.0.0.1";
  let started: HttpSink | null = null;
  const sink = (): HttpSink => {
    if (started === null) throw new Error("The target runs only inside tests and hooks.");
    return started;
  };
  beforeAll(async () => {
    started = await startHttpSink({ durable: false });
    await insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid });
  });
  beforeEach(() => sink().answer(() => ({ status: 200 })));
  afterAll(async () => {
    await started?.close();
    await closeSandbox();
    await closeLive();
    await closeRunPools();
  });
  const post = (id: string, settings?: object): Step => ({
    kind: "action",
    id,
    name: id,
    action: "http.request",
    input: { method: "POST", url: `${sink().url}/${id}`, body: { kind: "json", json: "{{ trigger.body }}" } },
    settings,
  });
  return {
    get sink() {
      return sink();
    },
    post,
    hitsOf: (id) =>
      sink()
        .hits()
        .filter((hit) => hit.path === `/${id}`),
    async failedRun(id) {
      const rows = await insertFlowRows(flowOf([post(`${id}_first`), post(id, ONE_TRY), post(`${id}_last`)]));
      sink().answer((hit) => ({ status: hit.path === `/${id}` ? 500 : 200 }));
      const { runId } = await insertEventRun(rows, '{"n":1}', { job: false });
      await workOnRun(runId);
      expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed", failedStep: id });
      return { rows, runId };
    },
  };
}

/** A user of the workspace of these rows. */
export function actorOf(rows: FlowRows, role: Actor["role"] = "editor"): Actor {
  return { kind: "user", id: newId(), workspaceId: rows.workspaceId, role };
}
