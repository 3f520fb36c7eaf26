import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { JsonText } from "#lib/core/json-text.ts";
import type { RunState } from "#lib/core/states.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { type AnswerOutcome, answerWait, findLinkedRun, findWait, type KeptWait } from "#lib/db/open-waits.ts";
import { findPublishedDefinition } from "#lib/db/published-definitions.ts";
import { isTerminal } from "#lib/db/runs.ts";
import type { CallbackLink } from "#lib/engine/callback-links.ts";
import { walkSteps } from "#lib/engine/flow-definition.ts";
import { readQuestion } from "#lib/engine/run-open-wait.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { WaitForCallbackStep } from "#lib/engine/steps/registry.generated.ts";
import { readCallbackToken } from "#lib/platform/callback-link.ts";

/** A link that somebody holds: what it asks, and how its step stands. */
export type HeldLink = {
  workspaceId: WorkspaceId;
  runId: string;
  path: string;
  question: string;
  /** Every answer the step takes, and those that this link may give. */
  choices: readonly { id: string; name: string }[];
  offered: readonly { id: string; name: string }[];
  /** Whose link it is; empty = anybody's. */
  by: string;
  state:
    | { kind: "open"; isAsked: boolean; dueAt: Date | null }
    /** `choice` is the name of the answer that was given. */
    | { kind: "answered"; choice: string; at: Date }
    | { kind: "timed out" | "canceled" | "ended" };
};

/** What a link is about; null for one that is none of ours, or whose run is past retention. Changes nothing. */
export async function findHeldLink(token: string): Promise<HeldLink | null> {
  const linked = readCallbackToken(token);
  if (linked === null) return null;
  const { runId, path } = linked;
  const run = await findLinkedRun(runId);
  if (run === null) return null;
  const { workspaceId } = run;
  const step = await findAskingStep(workspaceId, run.versionId, path);
  const link = step?.links.find((each) => each.link === linked.link);
  if (step === undefined || link === undefined) return null;
  const wait = await findWait(workspaceId, runId, path);
  const { choices } = step.definition;
  return {
    workspaceId,
    runId,
    path,
    question: (wait === null ? null : readQuestion(wait.asked)) ?? unaskedQuestion(step.definition),
    choices,
    offered: link.choice === null ? choices : choices.filter(({ id }) => id === link.choice),
    by: link.by,
    state: stateOf(run.status, wait, choices),
  };
}

/** A step of a version that is answered from outside, with its links; undefined where there is none at this path. */
export async function findAskingStep(
  workspaceId: WorkspaceId,
  versionId: string,
  path: string,
): Promise<{ definition: WaitForCallbackStep; links: readonly CallbackLink[] } | undefined> {
  const published = await findPublishedDefinition(workspaceId, versionId);
  const id = path.split("/").at(-1);
  const found = [...walkSteps(published?.definition.steps ?? [])].find(({ step }) => step.id === id)?.step;
  return found?.kind === "waitForCallback"
    ? { definition: found, links: stepKindOf(found).callbackLinks?.(found) ?? [] }
    : undefined;
}

/** What came of an answer: it counts, or `link` says why not. */
export type CallbackOutcome = { kind: "taken"; choice: string; by: string; at: Date } | { kind: "refused" };

/**
 * Gives an answer through a link; `body` is JSON text. The first answer of a step counts, whether the step has been
 * reached or not. After "refused", `findHeldLink` says how the step stands.
 */
export async function answerCallback(
  link: Pick<HeldLink, "workspaceId" | "runId" | "path" | "by">,
  given: { choice: string; body: string; from: string | null },
): Promise<CallbackOutcome> {
  const { workspaceId, runId, path, by } = link;
  const at = databaseNow();
  const answer = answerText({ choice: given.choice, by, at, body: given.body });
  const outcome: AnswerOutcome = await inTransaction((db) =>
    answerWait(workspaceId, { runId, path, kind: "waitForCallback", answer, at, from: given.from }, db),
  );
  if (outcome.kind !== "taken") return { kind: "refused" };
  announce(workspaceId, `run:${runId}`);
  return { kind: "taken", choice: given.choice, by, at };
}

/** The output of a step that is answered, as JSON text: the body stays as it was sent, digit for digit. */
export function answerText({ choice, by, at, body }: { choice: string; by: string; at: Date; body: string }): string {
  const [head] = JSON.stringify({ choice, by, at: at.toISOString() }).split(/\}$/);
  return `${head},"body":${body}}`;
}

function stateOf(status: RunState, wait: KeptWait | null, choices: HeldLink["choices"]): HeldLink["state"] {
  if (wait?.answer != null && wait.answeredAt !== null) {
    const given = new JsonText(wait.answer).member("choice")?.value;
    const name = choices.find(({ id }) => id === given)?.name ?? String(given);
    return { kind: "answered", choice: name, at: wait.answeredAt };
  }
  if (wait?.timedOutAt != null) return { kind: "timed out" };
  if (isTerminal(status)) return { kind: status === "canceled" ? "canceled" : "ended" };
  const dueAt = wait?.dueAt ?? null;
  if (dueAt !== null && dueAt <= databaseNow()) return { kind: "timed out" };
  return { kind: "open", isAsked: wait?.openedAt != null, dueAt };
}

/** Before the step is reached its question has no values: shown as it was written where it has none. */
function unaskedQuestion({ question, name }: WaitForCallbackStep): string {
  return question.trim() === "" || question.includes("{{") ? name : question;
}
