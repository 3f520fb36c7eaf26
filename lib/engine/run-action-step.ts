import type { Gate } from "#lib/core/gate.ts";
import type { Written } from "#lib/core/json-text.ts";
import type { Effect, EffectOutcome } from "#lib/engine/effect.ts";
import {
  type AttemptRow,
  NotPerformedError,
  OWN_FAULTS,
  type SavedStep,
  type StepRow,
} from "#lib/engine/journal-rows.ts";
import { DEFAULT_RETRY, decideRetry, isRetried } from "#lib/engine/retry.ts";
import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { Scope } from "#lib/engine/run-ports.ts";
import { beginRow, overdueAt, type StepResult } from "#lib/engine/step-results.ts";
import { keepWarnings } from "#lib/engine/step-warnings.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

/**
 * Runs an action step once, or goes on with it: plans it when no earlier worker has, makes input, effect and key
 * durable, performs the effect, and records what came of it. A step planned before is never planned again: the same
 * bytes go out.
 */
export async function runActionStep(
  frame: RunFrame,
  step: ActionStep,
  path: string,
  scope: Scope,
): Promise<StepResult> {
  const saved = frame.journal.find(path);
  const finished = saved && finishedResult(saved);
  if (finished) return finished;
  if (frame.ports.isDraining()) return { kind: "suspended", wakeInMs: 0, status: "queued" };
  if (saved !== null && saved.row.status === "canceled" && asksAgain(frame, step, saved)) return ask(frame, saved.row);
  if (saved?.effect !== undefined) return goOn(frame, step, saved, saved.effect);

  const { ports, journal } = frame;
  const row = saved?.row ?? beginRow(step, path, frame.seqOf(step), ports.now());
  const there = frame.placeOf(path, row.startedAt ?? ports.now());
  // A key that was sent stays with its step, wherever another version has it.
  const place = { ...there, idempotencyKey: row.idempotencyKey ?? there.idempotencyKey };
  const planned = await ports.planStep(step, scope, place);
  if (planned.kind === "refused") {
    if (planned.input !== null) row.inputDataId = journal.keep("input", planned.input);
    return fail(frame, row, planned.code, planned.message);
  }
  row.warnings = keepWarnings(planned.warnings);
  // Without an effect the output says all there is; the input would be the same value again.
  if (planned.effect.kind === "value") return succeed(frame, row, planned.effect, planned.effect.output);
  row.inputDataId = journal.keep("input", planned.input);
  row.idempotencyKey = place.idempotencyKey;
  row.effectDataId = journal.keep("effect", planned.effect);
  return attempt(frame, step, {
    row,
    effect: planned.effect,
    onUnknown: planned.onUnknown,
    attemptsBefore: saved?.attemptsBefore ?? 0,
  });
}

/** What an already finished step gives again, or null when it is not finished. */
function finishedResult({ row, output, due }: SavedStep): StepResult | null {
  switch (row.status) {
    case "succeeded":
    case "skipped":
    case "off":
      return { kind: "done", output };
    case "failed":
      return failure(row);
    case "needs a decision":
      return { kind: "suspended", wakeInMs: null, status: "needs a decision" };
    case "retrying":
      return due ? null : { kind: "suspended", wakeInMs: row.nextAttemptInMs ?? 0, status: "retrying" };
    case "queued":
    case "running":
    case "waiting":
    case "canceled":
      return null;
  }
}

/** Goes on with a step whose effect is frozen: after a retry's wait, after a decision, or after its worker was lost. */
async function goOn(frame: RunFrame, step: ActionStep, saved: SavedStep, effect: Effect): Promise<StepResult> {
  const { row, lastAttempt } = saved;
  const onUnknown = frame.ports.onUnknownOf(step.action);
  const again = { row, effect, onUnknown, attemptsBefore: saved.attemptsBefore };
  if (lastAttempt?.outcome !== "started") return attempt(frame, step, again);
  const outcome: EffectOutcome = {
    kind: "unknown",
    code: "worker-lost",
    message: "The worker was lost while this was under way; whether it arrived is not known.",
    answer: null,
  };
  const next = settle(frame, step, again, lastAttempt, outcome);
  // The waiting was done while the run had no worker: a repeatable call goes out again at once.
  if (next.kind === "suspended" && next.wakeInMs !== null)
    return attempt(frame, step, { ...again, attemptsBefore: again.attemptsBefore + 1 });
  return next;
}

/**
 * A step whose effect is frozen. `attemptsBefore` tries do not count: before a person stepped in, or lost by our own
 * fault.
 */
type Frozen = { row: StepRow; effect: Effect; onUnknown: "retry" | "ask"; attemptsBefore: number };

async function attempt(frame: RunFrame, step: ActionStep, frozen: Frozen): Promise<StepResult> {
  const giveOn = await frame.turns.take();
  try {
    return await attemptNow(frame, step, frozen);
  } finally {
    giveOn();
  }
}

async function attemptNow(frame: RunFrame, step: ActionStep, frozen: Frozen): Promise<StepResult> {
  const { ports, journal } = frame;
  const { row } = frozen;
  // It may have waited for its turn.
  if (ports.isDraining() || frame.isStopped()) return giveBack(frame, row);
  if (frame.isOverdue()) return overdueAt(row.path);
  const gate = ports.findClosedGate(frozen.effect);
  if (gate !== null) return holdBack(frame, row, gate);
  row.attempts += 1;
  row.status = "running";
  row.finishedAt = null;
  row.nextAttemptInMs = null;
  const tried: AttemptRow = {
    path: row.path,
    number: row.attempts,
    outcome: "started",
    answerDataId: null,
    errorCode: null,
    errorMessage: null,
    retryInMs: null,
    startedAt: ports.now(),
    finishedAt: null,
  };
  journal.record(row);
  journal.recordAttempt(tried);
  await journal.flush();
  ports.assertHeld();
  const outcome = await perform(frame, step, frozen, tried);
  journal.noteProgress();
  const result = settle(frame, step, frozen, tried, outcome);
  // Side by side, another item's slow effect could delay the next write for long.
  if (frame.isConcurrent) await journal.flush();
  return result;
}

/** Nothing is begun: the run goes on from here elsewhere, if it goes on. */
function giveBack(frame: RunFrame, row: StepRow): StepResult {
  row.status = "queued";
  row.nextAttemptInMs = null;
  frame.journal.record(row);
  return { kind: "suspended", wakeInMs: 0, status: "queued" };
}

/** Nothing is begun: the step keeps what it planned and all of its tries, and goes on from here when the gate opens. */
function holdBack(frame: RunFrame, row: StepRow, gate: Gate): StepResult {
  row.status = "queued";
  row.nextAttemptInMs = null;
  frame.journal.record(row);
  return { kind: "suspended", wakeInMs: null, status: "queued", heldBackAt: gate };
}

/**
 * Performs the effect; one that could not begin is recorded as such, or the next worker would not know that nothing was
 * sent.
 */
async function perform(frame: RunFrame, step: ActionStep, frozen: Frozen, tried: AttemptRow): Promise<EffectOutcome> {
  const { ports, journal } = frame;
  const { effect, row, onUnknown } = frozen;
  try {
    return await ports.perform(effect, {
      stepPath: row.path,
      attempt: row.attempts,
      idempotencyKey: row.idempotencyKey ?? "",
      mayRepeat: !askWhenUnknown(step, effect, onUnknown),
    });
  } catch (error) {
    if (!(error instanceof NotPerformedError)) throw error;
    Object.assign(tried, {
      outcome: "failed",
      errorCode: "not-performed",
      errorMessage: error.message,
      retryInMs: 0,
      finishedAt: ports.now(),
    });
    journal.recordAttempt(tried);
    await journal.flush();
    throw error;
  }
}

/** Records what came of a try and decides what follows. */
function settle(
  frame: RunFrame,
  step: ActionStep,
  frozen: Frozen,
  tried: AttemptRow,
  outcome: EffectOutcome,
): StepResult {
  const { ports, journal } = frame;
  const { row, effect, onUnknown } = frozen;
  const counted = row.attempts - frozen.attemptsBefore;
  tried.outcome = outcome.kind === "held" ? "failed" : outcome.kind;
  tried.finishedAt = ports.now();
  if (outcome.answer !== null) tried.answerDataId = journal.keep("answer", outcome.answer);
  if (outcome.kind === "done") {
    journal.recordAttempt(tried);
    return succeed(frame, row, effect, outcome.output);
  }
  tried.errorCode = row.errorCode = outcome.code;
  tried.errorMessage = row.errorMessage = outcome.message;
  journal.recordAttempt(tried);
  // From now on only what is left of it is to be done: by the next try, and by a run that is resumed.
  if (outcome.rest !== undefined) row.effectDataId = journal.keep("effect", outcome.rest);
  if (outcome.kind === "held" && hasWayForFailures(step)) return fail(frame, row, outcome.code, outcome.message);
  if (outcome.kind === "held" || (outcome.kind === "unknown" && askWhenUnknown(step, effect, onUnknown))) {
    return ask(frame, row);
  }
  const policy = step.settings?.retry ?? DEFAULT_RETRY;
  // A worker that was lost is not the target's failure. But "try once" is: what may have arrived is not sent again.
  const isOurs = policy.attempts > 1 && (OWN_FAULTS as readonly string[]).includes(outcome.code);
  const may = outcome.kind === "unknown" || outcome.retryable;
  const failed = {
    attempt: counted,
    retryable: isOurs || isRetried(policy, { code: outcome.code, may }),
    retryAfterMs: outcome.kind === "unknown" ? null : outcome.retryAfterMs,
  };
  const next = decideRetry(isOurs ? { ...policy, attempts: Number.POSITIVE_INFINITY } : policy, failed, () =>
    ports.random(),
  );
  if (next.kind === "give-up") return fail(frame, row, outcome.code, outcome.message);
  tried.retryInMs = next.waitMs;
  row.status = "retrying";
  row.nextAttemptInMs = next.waitMs;
  journal.record(row);
  return { kind: "suspended", wakeInMs: next.waitMs, status: "retrying" };
}

function ask(frame: RunFrame, row: StepRow): StepResult {
  row.status = "needs a decision";
  row.finishedAt = null;
  frame.journal.record(row);
  return { kind: "suspended", wakeInMs: null, status: "needs a decision" };
}

/** A question that a run ended under, and that comes back with it: what may have arrived is not sent again unasked. */
function asksAgain(frame: RunFrame, step: ActionStep, { effect, lastAttempt }: SavedStep): boolean {
  if (effect === undefined || lastAttempt?.outcome !== "unknown") return false;
  return askWhenUnknown(step, effect, frame.ports.onUnknownOf(step.action));
}

/** A mail kept in the Outbox is stored once per Message-ID, so doing it again is safe whatever the action says. */
function askWhenUnknown(step: ActionStep, effect: Effect, onUnknown: "retry" | "ask"): boolean {
  if (step.settings?.onUnknown !== undefined) return step.settings.onUnknown === "ask";
  if (effect.kind === "email" && effect.connectionId === null) return false;
  return onUnknown === "ask";
}

function succeed(frame: RunFrame, row: StepRow, effect: Effect, output: Written): StepResult {
  row.status = "succeeded";
  row.errorCode = row.errorMessage = row.nextAttemptInMs = null;
  row.outputDataId = frame.journal.keep("output", output);
  row.finishedAt = frame.ports.now();
  frame.journal.record(row);
  frame.countEffect(effect.kind);
  return { kind: "done", output };
}

function fail(frame: RunFrame, row: StepRow, code: string, message: string): StepResult {
  row.status = "failed";
  row.errorCode = code;
  row.errorMessage = message;
  row.nextAttemptInMs = null;
  row.finishedAt = frame.ports.now();
  frame.journal.record(row);
  return failure(row);
}

function failure({ path, errorCode, errorMessage, attempts }: StepRow): StepResult {
  return {
    kind: "failed",
    path,
    code: errorCode ?? "failed",
    message: errorMessage ?? "The step failed.",
    ...(attempts > 0 ? { attempts } : {}),
  };
}

function hasWayForFailures({ settings }: ActionStep): boolean {
  return settings?.onError !== undefined && settings.onError !== "stop";
}
