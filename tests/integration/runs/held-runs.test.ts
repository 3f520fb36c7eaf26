import { expect, onTestFinished, test } from "vitest";
import { allowConnectionHost, limitConnectionHosts } from "#lib/commands/connections/allow-connection-host.ts";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { updateConnection } from "#lib/commands/connections/update-connection.ts";
import { allowAddress } from "#lib/commands/instance/allow-address.ts";
import { decideStep } from "#lib/commands/runs/decide-step.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import type { Actor } from "#lib/core/actor.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { findConnection } from "#lib/db/connections.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { actorOf, ONE_TRY, useCalledRuns } from "#tests/support/called-runs.ts";
import { startHttpSink } from "#tests/support/http-sink.ts";
import { journalTexts, makeStepsDue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();
// The target is a private address that nobody has opened.
process.env["HOOKLINE_EGRESS_ALLOW"] = "127.0.0.99";

const adminOf = (rows: FlowRows): Actor => ({ ...actorOf(rows), role: "admin" });

async function held(steps: Step[], rows?: FlowRows): Promise<{ rows: FlowRows; runId: string }> {
  const made = rows ?? (await insertFlowRows(flowOf(steps)));
  const { runId } = await insertEventRun(made, '{"n":1}', { job: false });
  await workOnRun(runId);
  expect(await findRun(made.workspaceId, runId)).toMatchObject({ status: "needs a decision" });
  return { rows: made, runId };
}

/** The call of this id, which follows redirects. */
function followed(id: string, settings?: object): Step {
  const step = runs.post(id, settings);
  return { ...step, input: { ...(step as { input: object }).input, followRedirects: true } } as Step;
}

/** Well in the past: what this process takes for the database's time may be a moment behind. */
async function becomeDue(runId: string): Promise<void> {
  const past = "now() - interval '1 minute'";
  await makeStepsDue(runId);
  await pool().query(`UPDATE run SET wake_at = ${past} WHERE id = $1 AND wake_at IS NOT NULL`, [runId]);
}

const target = () => new URL(runs.sink.url);

test("a refused private address waits; once allowed, each run that waited sends the bytes it had planned", async () => {
  const { rows, runId } = await held([runs.post("inside")]);
  const other = await held([], rows);
  const [before] = await listStepRuns(rows.workspaceId, runId);
  expect(before).toMatchObject({ status: "needs a decision", errorCode: "egress-private-address" });
  expect(runs.hitsOf("inside")).toHaveLength(0);

  // Another address frees nobody.
  const away = await allowAddress(adminOf(rows), { address: "127.0.0.1", port: Number(target().port) - 1 });
  expect(away.released).toBe(0);
  const { released } = await allowAddress(adminOf(rows), { address: "127.0.0.1", port: Number(target().port) });
  expect(released).toBe(2);
  for (const id of [runId, other.runId]) {
    await workOnRun(id);
    expect(await findRun(rows.workspaceId, id)).toMatchObject({ status: "succeeded" });
  }
  const [after] = await listStepRuns(rows.workspaceId, runId);
  expect(after).toMatchObject({ effectDataId: before?.effectDataId, idempotencyKey: before?.idempotencyKey });
  expect(runs.hitsOf("inside").map((hit) => hit.key)).toContain(before?.idempotencyKey);
  expect(runs.hitsOf("inside")).toHaveLength(2);
});

test.each([
  [303, "GET", ""],
  [307, "POST", '{"n":1}'],
])(
  "a redirect (%i) to a refused address waits; the call that led there is never made twice",
  async (status, method, body) => {
    const inside = await startHttpSink({ durable: false });
    onTestFinished(() => inside.close());
    const id = `led_${status}`;
    runs.sink.answer(() => ({ status, headers: { location: `${inside.url}/there` } }));
    const rows = await insertFlowRows(flowOf([followed(id)]));
    await allowAddress(adminOf(rows), { address: "127.0.0.1", port: Number(target().port) });
    const { runId } = await held([], rows);
    const [waiting] = await listStepRuns(rows.workspaceId, runId);
    expect(waiting?.errorMessage).toMatch(/The redirect that led there was not followed\.$/);
    await decideStep(actorOf(rows), { runId, path: id, decision: "send again" });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "needs a decision" });
    // The first time it is allowed, the target is down for a moment: trying again is for that address alone, too.
    inside.answer((_hit, count) => ({ status: count === 1 ? 503 : 200 }));
    expect(await allowAddress(adminOf(rows), { address: "127.0.0.1", port: inside.port })).toMatchObject({
      released: 1,
    });
    await workOnRun(runId);
    await becomeDue(runId);
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(runs.hitsOf(id)).toHaveLength(1);
    const [sent] = runs.hitsOf(id);
    expect(inside.hits()).toMatchObject([
      { path: "/there", method, body, key: sent?.key },
      { path: "/there", method, body, key: sent?.key },
    ]);
  },
);

test("an answer that was sent on to is asked for alone after it failed, also by a run that is resumed", async () => {
  const rows = await insertFlowRows(flowOf([followed("accepted", { retry: { ...ONE_TRY.retry, attempts: 2 } })]));
  await allowAddress(adminOf(rows), { address: "127.0.0.1", port: Number(target().port) });
  runs.sink.answer(({ method }, count) => {
    if (method === "POST") return { status: 303, headers: { location: `${target().origin}/answer` } };
    return { status: count < 3 ? 503 : 200 };
  });
  const { runId } = await insertEventRun(rows, '{"n":1}', { job: false });
  await workOnRun(runId);
  await becomeDue(runId);
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed", errorCode: "http-503" });
  await resumeRun(actorOf(rows), runId);
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf("accepted")).toHaveLength(1);
});

test("a redirect that names the secret it was called with waits with it, and shows it to nobody", async () => {
  const inside = await startHttpSink({ durable: false });
  onTestFinished(() => inside.close());
  const rows = await insertFlowRows(flowOf([]));
  const admin = adminOf(rows);
  const { id } = await createConnection(admin, {
    name: "CRM",
    kind: "http.bearer",
    config: { hosts: ["*"] },
    secrets: { token: "very-secret-token" },
  });
  runs.sink.answer(() => ({ status: 307, headers: { location: `${inside.url}/there?token=very-secret-token` } }));
  const definition = JSON.stringify(flowOf([{ ...followed("echo"), connectionId: id } as Step]));
  await pool().query("UPDATE flow_version SET definition = $2 WHERE id = $1", [rows.versionId, definition]);
  await allowAddress(admin, { address: "127.0.0.1", port: Number(target().port) });
  const { runId } = await held([], rows);
  const kept = await journalTexts(runId);
  expect(kept.length).toBeGreaterThan(2);
  for (const text of kept) expect(text).not.toContain("very-secret");
  await allowAddress(admin, { address: "127.0.0.1", port: inside.port });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  expect(inside.hits()).toMatchObject([{ path: "/there?token=very-secret-token", body: '{"n":1}' }]);
  expect(inside.hits()[0]?.headers).not.toHaveProperty("authorization");
});

test("a permission given after the rules were read is seen before anybody is asked", async () => {
  const { rows, runId } = await held([runs.post("just_now")]);
  await allowAddress(adminOf(rows), { address: "127.0.0.1", port: Number(target().port) });
  // The process that works on it has read the rules a moment ago; it must not hold the run again.
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
});

test("a step held by a setting uses up none of its tries, and can be given up", async () => {
  const { rows, runId } = await held([runs.post("given_up", ONE_TRY)]);
  await decideStep(actorOf(rows), { runId, path: "given_up", decision: "send again" });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "needs a decision" });
  await decideStep(actorOf(rows), { runId, path: "given_up", decision: "give up" });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({
    status: "failed",
    failedStep: "given_up",
    errorCode: "egress-private-address",
  });
  await allowAddress(adminOf(rows), { address: "127.0.0.1", port: Number(target().port) });
  await resumeRun(actorOf(rows), runId);
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf("given_up")).toHaveLength(1);
});

test("a step that goes on after errors goes on", async () => {
  const rows = await insertFlowRows(flowOf([runs.post("goes_on", { onError: "continue" })]));
  const { runId } = await insertEventRun(rows, "{}", { job: false });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf("goes_on")).toHaveLength(0);
});

test("what nothing can open fails at once", async () => {
  const metadata = { ...runs.post("metadata"), input: { method: "GET", url: "http://169.254.169.254/latest" } } as Step;
  const rows = await insertFlowRows(flowOf([metadata]));
  const { runId } = await insertEventRun(rows, "{}", { job: false });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({
    status: "failed",
    errorCode: "egress-metadata-address",
  });
});

test("a connection's secret goes to no other host until an admin allows it, which is written down", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const admin = adminOf(rows);
  const { id } = await createConnection(admin, {
    name: "CRM",
    kind: "http.bearer",
    config: { hosts: ["https://API.acme.dev/v1", "*.acme.dev"] },
    secrets: { token: "very-secret-token" },
  });
  expect((await findConnection(rows.workspaceId, id))?.config).toEqual({ hosts: ["api.acme.dev", "*.acme.dev"] });
  const definition = JSON.stringify(flowOf([{ ...runs.post("elsewhere"), connectionId: id } as Step]));
  await pool().query("UPDATE flow_version SET definition = $2 WHERE id = $1", [rows.versionId, definition]);
  await allowAddress(admin, { address: "127.0.0.1", port: Number(target().port) });
  const { runId } = await held([], rows);
  expect((await findRun(rows.workspaceId, runId))?.errorMessage ?? "").not.toContain("very-secret");
  expect((await listStepRuns(rows.workspaceId, runId))[0]).toMatchObject({
    errorCode: "connection-other-host",
    errorMessage:
      `The connection "CRM" may not be used with ${target().host}. ` +
      `An admin can allow that host. Nothing was sent.`,
  });
  expect(runs.hitsOf("elsewhere")).toHaveLength(0);

  await expect(allowConnectionHost(actorOf(rows), id, { host: target().host })).rejects.toThrow("role does not allow");
  await expect(allowConnectionHost(admin, id, { host: "*" })).rejects.toThrow("Write one host");
  expect(await allowConnectionHost(admin, id, { host: "127.0.0.1:1" })).toEqual({ released: 0 });
  expect(await allowConnectionHost(admin, id, { host: target().host })).toEqual({ released: 1 });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf("elsewhere")).toHaveLength(1);
  const entries = await listAuditEntries(rows.workspaceId, { limit: 20 });
  expect(entries.filter((entry) => entry.action === "connection.hosts")).toHaveLength(2);
});

test.each(["allowed without its port", "put into the connection's list"])(
  "runs that wait for a host go on once it is %s",
  async (how) => {
    const rows = await insertFlowRows(flowOf([]));
    const admin = adminOf(rows);
    const given = { name: "CRM", kind: "http.bearer", secrets: { token: "very-secret-token" } };
    const { id } = await createConnection(admin, { ...given, config: { hosts: ["api.acme.dev"] } });
    const definition = JSON.stringify(flowOf([{ ...runs.post(`later_${how.length}`), connectionId: id } as Step]));
    await pool().query("UPDATE flow_version SET definition = $2 WHERE id = $1", [rows.versionId, definition]);
    await allowAddress(admin, { address: "127.0.0.1", port: Number(target().port) });
    const { runId } = await held([], rows);
    if (how.startsWith("allowed")) {
      expect(await allowConnectionHost(admin, id, { host: "127.0.0.2" })).toEqual({ released: 0 });
      expect(await allowConnectionHost(admin, id, { host: "127.0.0.1" })).toEqual({ released: 1 });
    } else await updateConnection(admin, id, { ...given, config: { hosts: ["api.acme.dev", "127.0.0.1"] } });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(runs.hitsOf(`later_${how.length}`)).toHaveLength(1);
  },
);

test("a connection for any host can be narrowed without its secret, never widened so", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const admin = adminOf(rows);
  const secrets = { token: "very-secret-token" };
  const { id } = await createConnection(admin, { name: "Any", kind: "http.bearer", config: { hosts: ["*"] }, secrets });
  await limitConnectionHosts(admin, id, { hosts: ["api.acme.dev"] });
  expect((await findConnection(rows.workspaceId, id))?.config).toEqual({ hosts: ["api.acme.dev"] });
  await expect(limitConnectionHosts(admin, id, { hosts: ["evil.example"] })).rejects.toThrow(
    "limited to hosts already",
  );
  for (const hosts of [[], ["not a host"], ["*.1.2.3.4"]])
    await expect(
      createConnection(admin, { name: "No", kind: "http.bearer", config: { hosts }, secrets }),
    ).rejects.toMatchObject({ name: "InvalidInputError" });
});
