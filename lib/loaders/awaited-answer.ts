import type { Actor } from "#lib/core/actor.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { may } from "#lib/core/roles.ts";
import { findWait, type KeptWait } from "#lib/db/open-waits.ts";
import { isTerminal, type Run } from "#lib/db/runs.ts";
import { readQuestion } from "#lib/engine/run-open-wait.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step, WaitForCallbackStep } from "#lib/engine/steps/registry.generated.ts";
import { callbackAddress } from "#lib/platform/callback-link.ts";
import type { AwaitedAnswerView } from "#lib/views/awaited-answer.ts";
import { seesPayloads } from "#lib/views/payload-mask.ts";

/** What a step of a run waits for from outside, and what came; null for steps that wait for no answer. */
export async function loadAwaitedAnswer(
  actor: Actor,
  run: Pick<Run, "id" | "status">,
  path: string,
  step: Step | undefined,
): Promise<AwaitedAnswerView | null> {
  if (step?.kind !== "waitForCallback") return null;
  const wait = await findWait(actor.workspaceId, run.id, path);
  if (wait === null) return null;
  const state = stateOf(run, wait, step, seesPayloads(actor.role));
  return {
    question: seesPayloads(actor.role) ? (readQuestion(wait.asked) ?? step.name) : null,
    choices: step.choices,
    state,
    links: state.kind === "open" && may(actor.role, "run.resume") ? linksOf(run.id, path, step) : [],
  };
}

function stateOf(
  run: Pick<Run, "status">,
  wait: KeptWait,
  step: WaitForCallbackStep,
  seesAll: boolean,
): AwaitedAnswerView["state"] {
  if (wait.answer !== null && wait.answeredAt !== null) {
    const answer = new JsonText(wait.answer);
    const id = String(answer.member("choice")?.value ?? "");
    return {
      kind: "answered",
      choice: step.choices.find((choice) => choice.id === id)?.name ?? id,
      by: String(answer.member("by")?.value ?? ""),
      at: wait.answeredAt,
      from: seesAll ? wait.answeredFrom : null,
    };
  }
  if (wait.timedOutAt !== null) return { kind: "timed out" };
  return isTerminal(run.status) ? { kind: "ended" } : { kind: "open", dueAt: wait.dueAt };
}

function linksOf(runId: string, path: string, step: WaitForCallbackStep): AwaitedAnswerView["links"] {
  const nameOf = (choice: string) => step.choices.find(({ id }) => id === choice)?.name ?? choice;
  return (stepKindOf(step).callbackLinks?.(step) ?? []).map(({ link, choice, by }) => ({
    label: by !== "" ? by : choice === null ? "Anybody, any answer" : `Anybody, only “${nameOf(choice)}”`,
    url: callbackAddress({ runId, path, link }),
  }));
}
