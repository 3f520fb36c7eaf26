import { requireActor } from "#lib/auth/require-actor.ts";
import type { Actor } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { may } from "#lib/core/roles.ts";
import type { Verification } from "#lib/core/states.ts";
import { DAY } from "#lib/core/units.ts";
import { findConnection } from "#lib/db/connections.ts";
import { findEndpoint } from "#lib/db/endpoints.ts";
import { findItemText } from "#lib/db/event-items.ts";
import { findVerification } from "#lib/db/events.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { findFlow } from "#lib/db/flows.ts";
import { findRequest } from "#lib/db/requests.ts";
import { findRun, type Run } from "#lib/db/runs.ts";
import { findStepData, type StepData } from "#lib/db/step-data.ts";
import { readRunHistory, type StepRun } from "#lib/db/step-runs.ts";
import type { Effect } from "#lib/engine/effect.ts";
import { type EffectView, viewEffect } from "#lib/engine/effect-view.ts";
import { childLists, type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";
import { foldLoops, isLoop, type LoopCounts } from "#lib/engine/fold-loops.ts";
import { handledFailures } from "#lib/engine/handled-failures.ts";
import { DEFAULT_RETRY } from "#lib/engine/retry.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { loadAwaitedAnswer } from "#lib/loaders/awaited-answer.ts";
import { env } from "#lib/platform/env.ts";
import { readMail } from "#lib/platform/read-mail.ts";
import { viewAnswerNotes } from "#lib/views/answer-notes.ts";
import type { AwaitedAnswerView } from "#lib/views/awaited-answer.ts";
import type { BodyProblemView } from "#lib/views/body-views.ts";
import { maskRun, maskStep, seesPayloads } from "#lib/views/payload-mask.ts";

/**
 * A step in the timeline. `name` is its name in the version that ran, `way` the branch or error path it stands in;
 * `handled`: it failed, and the run went on as its settings say.
 */
export type TimelineStep = StepRun & { name: string; loop: LoopCounts | null; way: string | null; handled: boolean };

/** A value of the run: kept (`json` is its text, with every digit), past retention, or not for this role. */
export type KeptValue =
  | { kind: "kept"; value: Json; json: string }
  | { kind: "gone" }
  | { kind: "hidden" }
  | { kind: "none" };

/** The opened step with everything that is kept of it. */
export type OpenedStep = {
  step: TimelineStep;
  input: KeptValue;
  effect: { kind: "kept"; effect: EffectView } | Exclude<KeptValue, { kind: "kept" }>;
  output: KeptValue;
  answers: KeptValue[];
  /** What reading the body of each answer brought to light. */
  answerNotes: BodyProblemView[][];
  /** What a setting did not let out at the last try; null where nothing was held back, or not for this role. */
  refusal: Refusal | null;
  /** What it asks outside, and what came; null for steps that wait for no answer. */
  awaited: AwaitedAnswerView | null;
  /** Tries the step may take, the first included. */
  attemptsMax: number;
};

/** An address the guard refused, or a host a connection is not for. */
export type Refusal = {
  address: string | null;
  port: number | null;
  allowable: boolean;
  otherHost: { connectionId: string; host: string } | null;
};

/** Everything the page of one run shows. */
export type RunPage = {
  run: Run;
  /** Whether its event was verified; null when the event is gone. */
  verification: Verification | null;
  endpointName: string | null;
  liveVersion: number | null;
  /** The versions it went on with, oldest first; numbers are null where a version is gone. */
  versionTurns: { from: number | null; to: number | null; at: Date }[];
  steps: TimelineStep[];
  stepCount: number;
  /** The run ended so long ago that its steps are past retention. */
  stepsGone: boolean;
  /** Failed steps that the run went on after. */
  handledCount: number;
  /** Steps of the version that the run has not come to, by name. */
  notReached: string[];
  opened: OpenedStep | null;
  /** The body a replay would start from, to edit; null when it is not text, is gone, or not for this role. */
  body: string | null;
  may: { replay: boolean; resume: boolean; cancel: boolean; allow: boolean; allowHost: boolean; edit: boolean };
};

/**
 * A run with its timeline and one opened step: the wanted, else the one that failed or waits, else the last. Null when
 * there is none.
 */
export async function loadRun(
  id: string,
  wanted: { step: string | null; loop: string | null },
): Promise<RunPage | null> {
  const actor = await requireActor();
  const { workspaceId } = actor;
  const found = await findRun(workspaceId, id);
  if (found === null) return null;
  const run = maskRun(actor.role, found);
  const [{ steps: listed, versions }, version, flow, endpoint, verification] = await Promise.all([
    readRunHistory(workspaceId, id),
    findFlowVersionById(workspaceId, run.versionId),
    findFlow(workspaceId, run.flowId),
    run.endpointId === null ? null : findEndpoint(workspaceId, run.endpointId),
    findVerification(workspaceId, run.eventId),
  ]);
  const steps = listed.map((step) => maskStep(actor.role, step));
  const byId = new Map([...walkSteps(version?.definition.steps ?? [])].map(({ step }) => [step.id, step]));
  const handled = handledFailures(steps);
  const ways = waysOf(version?.definition);
  const opened = steps.find((step) => step.path === wanted.step) ?? chooseStep(run, steps, handled);
  const folded = foldLoops(steps, opened?.path ?? null, wanted.loop);
  const named = (step: StepRun): TimelineStep => ({
    ...step,
    name: byId.get(step.stepId)?.name ?? step.stepId,
    loop: folded.loops.get(step.path) ?? null,
    way: ways.get(step.stepId) ?? null,
    handled: handled.has(step.path),
  });
  const reached = new Set(steps.map((step) => step.stepId));
  return {
    run,
    verification,
    endpointName: endpoint?.name ?? null,
    liveVersion: flow?.liveVersion?.number ?? null,
    versionTurns: await Promise.all(
      versions.map(async ({ from, to, at }) => ({
        from: (await findFlowVersionById(workspaceId, from))?.number ?? null,
        to: (await findFlowVersionById(workspaceId, to))?.number ?? null,
        at,
      })),
    ),
    steps: folded.shown.map(named),
    stepCount: steps.length,
    stepsGone: steps.length === 0 && run.finishedAt !== null && isPastRetention(run.createdAt),
    handledCount: handled.size,
    notReached: topLevel(version?.definition)
      .filter((step) => !reached.has(step.id))
      .map((step) => step.name),
    opened: opened === undefined ? null : await openStep(actor, run, named(opened), byId.get(opened.stepId)),
    body: may(actor.role, "run.replay") ? await findBody(actor, run) : null,
    may: {
      replay: may(actor.role, "run.replay"),
      resume: may(actor.role, "run.resume"),
      cancel: may(actor.role, "run.cancel"),
      allow: may(actor.role, "egress.edit"),
      allowHost: may(actor.role, "connection.edit"),
      edit: may(actor.role, "flow.edit") && flow !== null,
    },
  };
}

function isPastRetention(at: Date): boolean {
  return at.getTime() < databaseNow().getTime() - env().retentionDays * DAY;
}

function topLevel(definition: FlowDefinition | undefined): readonly Step[] {
  return definition?.steps ?? [];
}

/** The branch or error path that each step of a flow stands in, by id; a loop's body has no name. */
function waysOf(definition: FlowDefinition | undefined): Map<string, string> {
  const ways = new Map<string, string>();
  for (const { step } of walkSteps(definition?.steps ?? []))
    for (const { steps, label, afterError } of childLists(step))
      if (afterError === true || stepKindOf(step).repeats !== true) for (const { id } of steps) ways.set(id, label);
  return ways;
}

function chooseStep(run: Run, steps: readonly StepRun[], handled: ReadonlySet<string>): StepRun | undefined {
  const failed = steps.find((step) => step.path === run.failedStep);
  const urgent = ["needs a decision", "retrying", "failed", "running", "waiting"] as const;
  const open =
    run.status === "succeeded"
      ? undefined
      : urgent
          .map((status) => steps.find((step) => step.status === status && !isLoop(step) && !handled.has(step.path)))
          .find((step) => step !== undefined);
  const done = steps.filter((step) => step.status === "succeeded" && !step.path.includes("/["));
  return failed ?? open ?? done.findLast((step) => step.kind === "action") ?? done.at(-1) ?? steps.at(-1);
}

async function openStep(actor: Actor, run: Run, step: TimelineStep, definition: Step | undefined): Promise<OpenedStep> {
  const maySee = seesPayloads(actor.role);
  const ids = [
    step.inputDataId,
    step.effectDataId,
    step.outputDataId,
    ...step.attempts.map((attempt) => attempt.answerDataId),
  ];
  const data = await findStepData(actor.workspaceId, run.id, maySee ? ids.filter((id) => id !== null) : []);
  const read = (id: string | null): KeptValue => readValue(id, data, maySee);
  const effect = read(step.effectDataId);
  const answers = step.attempts.map((attempt) => read(attempt.answerDataId));
  return {
    step,
    input: read(step.inputDataId),
    effect: effect.kind === "kept" ? await readEffect(actor, effect) : effect,
    output: read(step.outputDataId),
    answers,
    answerNotes: answers.map((answer) => (answer.kind === "kept" ? viewAnswerNotes(answer.value, step.stepId) : [])),
    refusal: readRefusal(answers.at(-1)),
    awaited: await loadAwaitedAnswer(actor, run, step.path, definition),
    attemptsMax:
      (definition?.kind === "action" ? definition.settings?.retry?.attempts : undefined) ?? DEFAULT_RETRY.attempts,
  };
}

async function readEffect(actor: Actor, kept: Extract<KeptValue, { kind: "kept" }>): Promise<OpenedStep["effect"]> {
  const effect = kept.value as Effect;
  if (effect.kind === "value") {
    const output = new JsonText(kept.json).member("output") ?? effect.output;
    return { kind: "kept", effect: viewEffect({ ...effect, output }, null) };
  }
  if (effect.kind !== "email") return { kind: "kept", effect: viewEffect(effect, null) };
  const [connection, parts] = await Promise.all([
    effect.connectionId === null ? null : findConnection(actor.workspaceId, effect.connectionId),
    readMail(Buffer.from(effect.message, "utf8")),
  ]);
  return { kind: "kept", effect: viewEffect(effect, { parts, connectionName: connection?.name ?? null }) };
}

function readRefusal(last: KeptValue | undefined): Refusal | null {
  const answer = last?.kind === "kept" && isJsonObject(last.value) ? last.value : {};
  const { refusal, otherHost } = answer;
  if (isJsonObject(refusal)) {
    const { address, port, allowable } = refusal;
    return {
      address: typeof address === "string" ? address : null,
      port: typeof port === "number" ? port : null,
      allowable: allowable === true,
      otherHost: null,
    };
  }
  if (!isJsonObject(otherHost)) return null;
  const { connectionId, host } = otherHost;
  if (typeof connectionId !== "string" || typeof host !== "string") return null;
  return { address: null, port: null, allowable: false, otherHost: { connectionId, host } };
}

function readValue(id: string | null, data: ReadonlyMap<string, StepData>, maySee: boolean): KeptValue {
  if (id === null) return { kind: "none" };
  if (!maySee) return { kind: "hidden" };
  const found = data.get(id);
  return found === undefined
    ? { kind: "gone" }
    : { kind: "kept", value: JSON.parse(found.json) as Json, json: found.json };
}

/**
 * The body of the event, or of the item of it that the run is about, as text. A run with an edited body starts its
 * replays from that one; it is not shown here.
 */
async function findBody(actor: Actor, run: Run): Promise<string | null> {
  if (!seesPayloads(actor.role) || run.hasOwnBody || run.endpointId === null) return null;
  if (run.item !== null) {
    const text = await findItemText(actor.workspaceId, run.eventId, run.item.index);
    return text === null || text.length > 262_144 ? null : text;
  }
  const event = await findRequest(actor.workspaceId, run.endpointId, run.eventId);
  if (event === null || event.body.length > 262_144) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(event.body);
  } catch {
    return null;
  }
}
