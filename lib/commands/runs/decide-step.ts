import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeSteps, type StepChange } from "#lib/db/change-steps.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { isTerminal, lockRun, queueRunAgain } from "#lib/db/runs.ts";
import { insertStepData } from "#lib/db/step-data.ts";
import { listStepRuns, type StepRun } from "#lib/db/step-runs.ts";

/** What a person may decide about an effect whose outcome is unknown, or that a setting held back. */
export const STEP_DECISIONS = ["send again", "treat as sent", "skip", "give up"] as const;

/** One of the decisions. */
export type StepDecision = (typeof STEP_DECISIONS)[number];

/**
 * Decides about a step that waits for a person, and lets the run go on. *Send again* uses the same bytes and key;
 * *treat as sent* lets later steps see `{"treatedAsSent": true}`; *skip* lets them see nothing; *give up* fails the
 * step for the reason it waited. Throws NotFoundError, and ConflictError "no-decision-needed" or "run-busy".
 */
export async function decideStep(
  actor: Actor,
  decided: { runId: string; path: string; decision: StepDecision },
): Promise<void> {
  authorize(actor, "run.resume");
  const { runId, path, decision } = decided;
  await inTransaction(async (db) => {
    const run = await lockRun(actor.workspaceId, runId, db);
    if (run === null) throw new NotFoundError("run");
    if (run.leased)
      throw new ConflictError("run-busy", "A worker is working on this run right now: try again in a moment.");
    const step = (await listStepRuns(actor.workspaceId, runId, db)).find((one) => one.path === path);
    if (step === undefined) throw new NotFoundError("step of this run");
    if (isTerminal(run.status) || step.status !== "needs a decision")
      throw new ConflictError("no-decision-needed", `This step needs no decision: it is ${step.status}.`);
    const change = await changeFor(decision, step, () =>
      insertStepData(actor.workspaceId, runId, "output", { treatedAsSent: true }, db),
    );
    await changeSteps(actor.workspaceId, runId, new Map([[path, change]]), db);
    await queueRunAgain(actor.workspaceId, runId, db);
    await insertAuditEntry(actor, "run.decide", { kind: "run", id: runId }, { step: path, decision }, db);
  });
  announce(actor.workspaceId, `run:${runId}`);
  announce(actor.workspaceId, "runs");
}

async function changeFor(
  decision: StepDecision,
  step: StepRun,
  keepOutput: () => Promise<string>,
): Promise<StepChange> {
  switch (decision) {
    case "send again":
      return { status: "queued" };
    case "treat as sent":
      return { status: "succeeded", outputDataId: await keepOutput() };
    case "skip":
      return { status: "skipped" };
    case "give up":
      return {
        status: "failed",
        errorCode: step.errorCode ?? "given-up",
        errorMessage: step.errorMessage ?? "A person gave this step up.",
      };
  }
}
