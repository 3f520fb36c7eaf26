import { expect, test } from "vitest";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { previewStep } from "#lib/commands/flows/preview-step.ts";
import { decideStep } from "#lib/commands/runs/decide-step.ts";
import type { Actor } from "#lib/core/actor.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { actorOf, useCalledRuns } from "#tests/support/called-runs.ts";
import { keptValue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

const adminOf = (rows: FlowRows): Actor => ({ ...actorOf(rows), role: "admin" });

/** A flow whose step uses a connection whose secrets nobody can open any more. */
async function withBrokenSeal() {
  const rows = await insertFlowRows(flowOf([]));
  const { id } = await createConnection(adminOf(rows), {
    name: "CRM",
    kind: "http.bearer",
    config: { hosts: ["*"] },
    secrets: { token: "very-secret-token" },
  });
  const sealed = await pool().query<{ sealed: Buffer }>("SELECT sealed FROM connection WHERE id = $1", [id]);
  const setSeal = (bytes: unknown) => pool().query("UPDATE connection SET sealed = $2 WHERE id = $1", [id, bytes]);
  await setSeal(Buffer.from(sealed.rows[0]?.sealed ?? []).fill(0, 20, 22));
  const definition = flowOf([{ ...runs.post("sealed"), connectionId: id } as Step]);
  await pool().query("UPDATE flow_version SET definition = $2 WHERE id = $1", [
    rows.versionId,
    JSON.stringify(definition),
  ]);
  return { rows, definition, mend: () => setSeal(sealed.rows[0]?.sealed) };
}

test("a preview opens no secret: it plans a step whose connection cannot be opened", async () => {
  const { rows, definition } = await withBrokenSeal();
  const body = { kind: "pasted", body: '{"n":1}', contentType: "application/json", eventType: null };
  const question = { definition, sample: body, stepId: "sealed", wants: { scope: false, cards: false, effect: true } };
  const answer = await previewStep(adminOf(rows), rows.flowId, question);
  const shown = JSON.stringify(answer);
  expect(shown).toContain('["Authorization","Bearer ••••"]');
  expect(shown).not.toContain("very-secret");
});

test("a run plans and stores its call; if the secret does not open, it waits for a decision, sends none", async () => {
  const { rows, mend } = await withBrokenSeal();
  const { runId } = await insertEventRun(rows, '{"n":1}', { job: false });
  await workOnRun(runId);
  const [step] = await listStepRuns(rows.workspaceId, runId);
  expect(step).toMatchObject({ status: "needs a decision", errorCode: "connection-sealed" });
  expect(step?.errorMessage).toContain("Nothing was sent.");
  expect(await keptValue(runId, step?.effectDataId)).toContain('"slot"');
  expect(runs.hitsOf("sealed")).toHaveLength(0);

  // The key is back: the same call goes out.
  await mend();
  await decideStep(actorOf(rows), { runId, path: "sealed", decision: "send again" });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf("sealed").map((hit) => [hit.key, hit.headers.authorization])).toEqual([
    [step?.idempotencyKey, "Bearer very-secret-token"],
  ]);
});
