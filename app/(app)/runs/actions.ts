"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { allowAddress } from "#lib/commands/instance/allow-address.ts";
import { answerFor } from "#lib/commands/runs/answer-for.ts";
import { cancelRun } from "#lib/commands/runs/cancel-run.ts";
import { decideStep, type StepDecision } from "#lib/commands/runs/decide-step.ts";
import { previewResume } from "#lib/commands/runs/plan-resume.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";

/** Goes on with a failed run from the step that failed, as it ran or as the live version says. */
export async function resumeRunAction(runId: string, version: "original" | "live") {
  const actor = await requireActor();
  return runAction(async () => {
    await resumeRun(actor, runId, { version });
    revalidatePath(`/runs/${runId}`);
  });
}

/** Says what resuming a failed run with the live version would do, step by step. */
export async function previewResumeAction(runId: string) {
  const actor = await requireActor();
  return runAction(() => previewResume(actor, runId, "live"));
}

/** Starts a new run for the same event. */
export async function replayRunAction(
  runId: string,
  wanted: { version: "original" | "live"; sameKeys: boolean; body: string | null },
) {
  const actor = await requireActor();
  return runAction(() =>
    replayRun(actor, {
      runId,
      version: wanted.version,
      sameKeys: wanted.sameKeys,
      ...(wanted.body === null ? {} : { body: wanted.body }),
    }),
  );
}

/** Ends a run for good. */
export async function cancelRunAction(runId: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await cancelRun(actor, runId);
    revalidatePath(`/runs/${runId}`);
  });
}

/** Decides about a step whose outcome nobody knows. */
export async function decideStepAction(runId: string, path: string, decision: StepDecision) {
  const actor = await requireActor();
  return runAction(async () => {
    await decideStep(actor, { runId, path, decision });
    revalidatePath(`/runs/${runId}`);
  });
}

/** Gives the answer that a step waits for, in the member's own name. */
export async function answerStepAction(given: { runId: string; path: string; choice: string; note: string }) {
  const actor = await requireActor();
  return runAction(async () => {
    await answerFor(actor, given);
    revalidatePath(`/runs/${given.runId}`);
  });
}

/** Opens the private address that a step was refused. */
export async function allowAddressAction(input: { address: string; port: number; note: string }) {
  const actor = await requireActor();
  return runAction(() => allowAddress(actor, input));
}
