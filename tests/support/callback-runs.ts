import { createHash } from "node:crypto";
import { answerThroughLink } from "#lib/commands/runs/answer-through-link.ts";
import type { Actor } from "#lib/core/actor.ts";
import { pool } from "#lib/db/pool.ts";
import type { Step, WaitForCallbackStep } from "#lib/engine/steps/registry.generated.ts";
import { callbackAddress } from "#lib/platform/callback-link.ts";
import { doorKey } from "#lib/platform/door-key.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

/** A step that waits for one of two answers, Anna and Ben having links of their own. */
export function approval(more: Partial<WaitForCallbackStep> = {}): WaitForCallbackStep {
  return {
    kind: "waitForCallback",
    id: "ok",
    name: "Manager's approval",
    question: "Approve order {{ trigger.body.id }}?",
    choices: [
      { id: "approve", name: "Approve" },
      { id: "reject", name: "Reject" },
    ],
    approvers: [
      { id: "anna", name: "Anna" },
      { id: "ben", name: "Ben" },
    ],
    timeout: 2,
    unit: "days",
    onTimeout: "fail",
    ...more,
  };
}

/** A step that computes a value and shows it in its output. */
export const seen = (id: string, value: string): Step => ({
  kind: "action",
  id,
  name: id,
  action: "transform",
  input: { value },
});

/** A run of these steps that no worker has had, with an owner of its workspace. */
export async function callbackRun(steps: Step[], body = '{"id": 7}', job = false) {
  const rows = await insertFlowRows(flowOf(steps));
  const { runId } = await insertEventRun(rows, body, { job });
  const actor: Actor = { kind: "system", id: "test", workspaceId: rows.workspaceId, role: "owner" };
  return { rows, runId, actor };
}

/** The secret part of the address of a link. */
export function tokenOf(runId: string, link = "", path = "ok"): string {
  return callbackAddress({ runId, path, link }).split("/").at(-1) ?? "";
}

let clients = 0;

/** Sends a request to a link as our server hands it on, from an address of its own unless one is given. */
export function ask(token: string, init: RequestInit & { ip?: string } = {}): Promise<Response> {
  clients += 1;
  const { ip = `10.${(clients >> 8) & 255}.${clients & 255}.9`, ...rest } = init;
  const headers = new Headers(rest.headers);
  headers.set("x-hookline-door", doorKey());
  headers.set("x-hookline-client-ip", ip);
  return answerThroughLink(new Request(`http://hookline.test/answer/${token}`, { ...rest, headers }), token);
}

/** Posts an answer as a program does. */
export function post(token: string, body: unknown, init: { ip?: string } = {}): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return ask(token, { ...init, method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });
}

/** Everything that is stored of a run and its waits, as one text, to see whether something changed. */
export async function fingerprint(runId: string): Promise<string> {
  const { rows } = await pool().query(
    `SELECT (SELECT row_to_json(r)::text FROM run r WHERE id = $1) AS run,
            (SELECT json_agg(w ORDER BY path)::text FROM open_wait w WHERE run_id = $1) AS waits,
            (SELECT count(*) FROM graphile_worker._private_jobs WHERE payload->>'runId' = $1::text) AS jobs`,
    [runId],
  );
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}
