import { beforeAll, expect, it } from "vitest";
import { findFlowProblems } from "#lib/commands/flows/find-flow-problems.ts";
import { createVariable, deleteVariable, updateVariable } from "#lib/commands/variables/save-variable.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { listFlowsReading, listVariables } from "#lib/db/variables.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { useCalledRuns } from "#tests/support/called-runs.ts";
import { makeStepsDue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";
import { makeTenant, type Tenant } from "../api/tenant.ts";

useTestDatabase();
const runs = useCalledRuns();
let ours: Tenant;
beforeAll(async () => void (ours = await makeTenant("vars")));

const send = (json: string): Step => ({
  kind: "action",
  id: "send",
  name: "Send",
  action: "http.request",
  input: { method: "POST", url: `${runs.sink.url}/send`, body: { kind: "json", json } },
  settings: { retry: { attempts: 2, firstMs: 100, factor: 1, maxMs: 100 } },
});
const actorOf = (rows: FlowRows) => ({ ...ours.owner, workspaceId: rows.workspaceId });

it("gives a run the newest values with every digit, and a retry what was frozen", async () => {
  const rows = await insertFlowRows(flowOf([send("{{ {'limit': vars.limit, 'who': vars.who, 'none': vars.gone} }}")]));
  const actor = actorOf(rows);
  await createVariable(actor, { name: "limit", kind: "json", text: "12345678901234567890.10" });
  await createVariable(actor, { name: "who", kind: "text", text: 'Zoë "x"' });
  runs.sink.answer(() => ({ status: 503 }));
  const { runId } = await insertEventRun(rows, "{}", { job: false });
  await workOnRun(runId);
  await updateVariable(actor, "who", { kind: "json", text: "[1]" });
  runs.sink.answer(() => ({ status: 200 }));
  await makeStepsDue(runId);
  await pool().query("UPDATE run SET wake_at = now() WHERE id = $1", [runId]);
  await workOnRun(runId);
  const [first, second] = runs.hitsOf("send").map(({ body }) => body.toString());
  expect(first).toContain("12345678901234567890.10");
  expect(first).toContain('Zoë \\"x\\"');
  expect(second).toBe(first);
  const next = await insertEventRun(rows, "{}", { job: false });
  await workOnRun(next.runId);
  expect(await findRun(rows.workspaceId, next.runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf("send").at(-1)?.body.toString()).toContain('"who":[1]');
});

it("tells a misspelt variable before publishing, and which flows read one", async () => {
  const definition = flowOf([send("{{ vars.addres }}")]);
  const rows = await insertFlowRows(definition);
  const actor = actorOf(rows);
  await createVariable(actor, { name: "address", kind: "text", text: "https://x.example" });
  const problems = await findFlowProblems(rows.workspaceId, definition);
  expect(problems.find(({ code }) => code === "unknown-variable")).toMatchObject({
    severity: "error",
    message: "Send: There is no variable vars.addres, so it is always empty. Did you mean vars.address?",
  });
  expect(await listFlowsReading(rows.workspaceId, "addres")).toHaveLength(1);
  expect(await listFlowsReading(rows.workspaceId, "address")).toEqual([]);
});

it("refuses what is no value or name, a second of the same name, and who may not; notes each change", async () => {
  const { owner } = ours;
  const refused = (input: object) => expect(createVariable(owner, input)).rejects;
  await refused({ name: "1st", kind: "text", text: "" }).toThrow("does not begin with a digit");
  await refused({ name: "a", kind: "json", text: "{" }).toThrow("This is not JSON");
  await refused({ name: "a", kind: "text", text: "x".repeat(65_537) }).toThrow("at most 64 KiB");
  await refused({ name: "a", kind: "text", text: "é".repeat(40_000) }).toThrow("at most 64 KiB");
  await createVariable(owner, { name: "once", kind: "text", text: "" });
  await refused({ name: "once", kind: "text", text: "2" }).toThrow('There is a variable "once" already.');
  await expect(updateVariable(owner, "never", { kind: "text", text: "" })).rejects.toThrow("no such variable");
  const editor = { ...owner, role: "editor" } as const;
  await expect(deleteVariable(editor, "once")).rejects.toThrow(ForbiddenError);
  await deleteVariable(owner, "once");
  const noted = (await listAuditEntries(owner.workspaceId, { limit: 2 })).map(({ action, target }) => [
    action,
    target.id,
  ]);
  expect(noted).toEqual([
    ["variable.delete", "once"],
    ["variable.create", "once"],
  ]);
});

it("keeps at most 200", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const actor = actorOf(rows);
  for (let n = 0; n < 200; n++) await createVariable(actor, { name: `v${n}`, kind: "json", text: `${n}` });
  await expect(createVariable(actor, { name: "v200", kind: "json", text: "1" })).rejects.toThrow("at most 200");
  expect(await listVariables(actor.workspaceId)).toHaveLength(200);
});
