import { childLists, type FlowDefinition } from "#lib/engine/flow-definition.ts";
import { handledFailures, isInsideHandled } from "#lib/engine/handled-failures.ts";
import type { AttemptRow, StepRow } from "#lib/engine/journal-rows.ts";
import { pathAt, placesOf, type StepPlace } from "#lib/engine/step-places.ts";
import { onErrorOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** A step of a run with its tries, oldest first. */
export type RanStep = { row: StepRow; tries: readonly AttemptRow[] };

/** Every fate of a step, as `StepFate` explains them. */
export const STEP_FATES = ["kept", "again", "asked", "anew", "new", "passed", "removed", "ahead"] as const;

/**
 * What becomes of a step when its run goes on with another version. *kept*: it is done and stays so. *again*: it runs
 * as the other version says, under the same key. *asked*: it may have happened, so its frozen bytes stay. *anew*: what
 * it did counts no more, because it is of another kind or in other loops there. *new*: only the other version has it.
 * *passed*: new, but the loop around it is done. *removed*: only the old version has it. *ahead*: neither came to it.
 */
export type StepFate = (typeof STEP_FATES)[number];

/** The fate of one step; `moved`: it stands elsewhere in the other version. `times`: at how many items. */
export type StepMove = { stepId: string; name: string; fate: StepFate; moved: boolean; times: number };

/** How a run's journal is changed, and what that means step by step, in the order of the other version. */
export type RunMove = {
  moves: readonly StepMove[];
  /** Paths whose rows count no more. */
  forget: readonly string[];
  /** Rows and tries at their new places. */
  steps: readonly StepRow[];
  attempts: readonly AttemptRow[];
};

/**
 * Fits what a failed run has done to another version of its flow, by step id. `repeat` are the paths of the steps that
 * resuming runs again. Answers, keys and tries stay with their step wherever it stands; of steps that are to run again
 * the plan is dropped, so that they are planned as the other version says.
 */
export function moveRun(
  versions: { from: FlowDefinition; to: FlowDefinition },
  ran: readonly RanStep[],
  repeat: ReadonlySet<string>,
): RunMove {
  const places = placesOf(versions.to.steps);
  const handled = handledFailures(
    ran.flatMap(({ row }) => {
      const step = places.get(row.stepId)?.step;
      return step === undefined || onErrorOf(step) === "stop" ? [] : [row];
    }),
  );
  const found: Found = new Map();
  const done = new Set(ran.filter(({ row }) => row.status === "succeeded").map(({ row }) => row.path));
  const move = { forget: [] as string[], steps: [] as StepRow[], attempts: [] as AttemptRow[] };
  const note = (stepId: string, fate: StepFate, moved: boolean) => {
    const known = found.get(stepId) ?? { fates: [], moved: false };
    known.fates.push(fate);
    found.set(stepId, { fates: known.fates, moved: known.moved || moved });
  };
  for (const { row, tries } of ran) {
    const place = places.get(row.stepId);
    if (place === undefined) {
      note(row.stepId, "removed", false);
      continue;
    }
    // Whether it is passed by is for the other version to say, unless a person did.
    if (isPassedBy(row)) {
      move.forget.push(row.path);
      continue;
    }
    const path = fits(place.step, row) ? pathAt(place, row.path) : null;
    if (path === null) {
      move.forget.push(row.path);
      note(row.stepId, "anew", true);
      continue;
    }
    const moved = path !== row.path;
    const isOver = isInside(done, row.path) || isInsideHandled(handled, row.path);
    const fate = isOver ? "kept" : fateOf(place.step, row, tries, repeat);
    note(row.stepId, fate, moved);
    if (moved) {
      move.forget.push(row.path);
      move.attempts.push(...tries.map((one) => ({ ...one, path })));
    }
    if (moved || fate === "again" || row.seq !== place.seq) move.steps.push(rowAt(row, path, place, fate));
  }
  return { moves: listMoves(versions, places, found, ran), ...move };
}

/** What became of the rows of each step. */
type Found = Map<string, { fates: StepFate[]; moved: boolean }>;

/** Of the fates of a step's items, the first here is told. */
const STRENGTH: readonly StepFate[] = ["again", "asked", "anew", "kept", "removed"];

function isPassedBy({ status, startedAt }: StepRow): boolean {
  return (status === "off" || status === "skipped") && startedAt === null;
}

/** Whether a step of the other version can go on from the row: of the same kind, or both without steps inside. */
function fits(step: Step, row: StepRow): boolean {
  if (step.kind === row.kind) return true;
  return row.status === "succeeded" && childLists(step).length === 0 && !CONTAINERS.has(row.kind);
}

const CONTAINERS: ReadonlySet<string> = new Set(["branch", "forEach", "parallel"]);

/** Whether a step stands in an item of a loop that is done: nothing in it runs any more. */
function isInside(done: ReadonlySet<string>, path: string): boolean {
  const parts = path.split("/");
  return parts.some((part, index) => part.startsWith("[") && done.has(parts.slice(0, index).join("/")));
}

function fateOf(step: Step, row: StepRow, tries: readonly AttemptRow[], repeat: ReadonlySet<string>): StepFate {
  if (repeat.has(row.path)) return "again";
  // The run went on after it, which the other version does not.
  if (row.status === "failed" && onErrorOf(step) === "stop") return "again";
  if (row.status !== "canceled") return "kept";
  // An item that waited for its next try when another one failed the run.
  const last = tries.at(-1)?.outcome;
  return last === "unknown" || last === "started" ? "asked" : "again";
}

function rowAt(row: StepRow, path: string, place: StepPlace, fate: StepFate): StepRow {
  const moved = { ...row, path, seq: place.seq };
  if (fate !== "again") return moved;
  const status = row.status === "canceled" ? "canceled" : "queued";
  return {
    ...moved,
    status,
    action: place.step.kind === "action" ? place.step.action : null,
    effectDataId: null,
    errorCode: null,
    errorMessage: null,
    nextAttemptInMs: null,
    finishedAt: null,
  };
}

function listMoves(
  { from }: { from: FlowDefinition },
  places: ReadonlyMap<string, StepPlace>,
  found: Found,
  ran: readonly RanStep[],
): StepMove[] {
  const before = placesOf(from.steps);
  const done = new Set(ran.filter(({ row }) => row.status === "succeeded").map(({ row }) => row.stepId));
  const here = [...places].map(([stepId, { step, parts }]): StepMove => {
    const known = summed(found, stepId);
    if (known !== null) return { stepId, name: step.name, ...known };
    const isLate = parts.some((part, index) => parts[index + 1] === "[]" && done.has(part));
    const fate = isLate ? "passed" : before.has(stepId) ? "ahead" : "new";
    return { stepId, name: step.name, fate, moved: false, times: 0 };
  });
  const gone = [...found.keys()].flatMap((stepId): StepMove[] => {
    const known = places.has(stepId) ? null : summed(found, stepId);
    return known === null ? [] : [{ stepId, name: before.get(stepId)?.step.name ?? stepId, ...known }];
  });
  return [...here, ...gone];
}

function summed(found: Found, stepId: string): Pick<StepMove, "fate" | "moved" | "times"> | null {
  const known = found.get(stepId);
  const fate = STRENGTH.find((one) => known?.fates.includes(one));
  if (known === undefined || fate === undefined) return null;
  return { fate, moved: known.moved, times: known.fates.filter((one) => one === fate).length };
}
