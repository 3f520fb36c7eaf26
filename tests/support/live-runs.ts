import { afterAll, beforeAll, expect } from "vitest";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import type { Actor } from "#lib/core/actor.ts";
import type { Json } from "#lib/core/json.ts";
import { prisma } from "#lib/db/prisma.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { keptValues } from "#tests/support/kept-journal.ts";
import { POOL_HERE, workOnRun } from "./work-on-run.ts";

/** Publishes flows and works on their runs inside the test's own process. */
export type LiveRuns = {
  /** A live flow on an endpoint whose only step computes `expression`. */
  publish(actor: Actor, endpointId: string, expression: string): Promise<void>;
  /** Works on the one run of an event and gives what its step came to; the error's message when it failed. */
  outcomeOf(eventId: string): Promise<Json | { failed: string }>;
};

/** Makes this process a worker that works when it is told to. Needs `useTestDatabase()` before it. */
export function useLiveRuns(): LiveRuns {
  beforeAll(() => insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid }));
  afterAll(async () => {
    await closeSandbox();
    await closeRunPools();
  });
  return {
    async publish(actor, endpointId, expression) {
      const step = { kind: "action", id: "seen", name: "Seen", action: "transform", input: { value: expression } };
      const definition = {
        schema: 1,
        trigger: { endpointId, eventTypes: [], filter: null },
        runName: "",
        steps: [step],
      };
      const { id } = await createFlow(actor, { name: "Seen", definition });
      await publishFlow(actor, id, { expectedVersion: 0 });
    },
    async outcomeOf(eventId) {
      const runs = await prisma().run.findMany({ where: { eventId } });
      expect(runs).toHaveLength(1);
      const runId = runs[0]?.id ?? "";
      await workOnRun(runId);
      const run = await prisma().run.findUniqueOrThrow({ where: { id: runId } });
      if (run.status !== "succeeded") return { failed: run.errorMessage ?? run.status };
      const rows = (await keptValues(runId)).filter(({ kind }) => kind === "output");
      expect(rows).toHaveLength(1);
      return JSON.parse(rows[0]?.data ?? "null") as Json;
    },
  };
}
