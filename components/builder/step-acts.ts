import type { BuilderStore } from "#components/builder/builder-store.ts";
import { copyText } from "#components/ui/copy-text.ts";
import { showToast } from "#components/ui/show-toast.ts";
import { countWithin, type NewStepKind, newStep, withFreshIds } from "#lib/engine/edit/new-step.ts";
import { mapStepTexts, referencesOf, renameReferences } from "#lib/engine/edit/step-references.ts";
import {
  changeStep,
  findPlaced,
  idsWithin,
  insertSteps,
  moveStep,
  placedSteps,
  removeStep,
  type StepSlot,
  shiftStep,
} from "#lib/engine/edit/step-tree.ts";
import { brokenReferences } from "#lib/engine/edit/visible-steps.ts";
import { type FlowDefinition, stepSchema } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

const CLIP_MARK = "hookline.steps";

/** Puts a new step at a slot, selects it and opens its form. */
export function addStep(store: BuilderStore, slot: StepSlot, wanted: NewStepKind): void {
  const { edit, definition, set } = store.getState();
  const step = newStep(wanted, definition);
  edit(`Add ${step.name}`, (flow) => insertSteps(flow, slot, [step]), { select: { kind: "step", id: step.id } });
  set({ chooser: null });
}

/** Takes a step out; says so with a way back. Focus goes to the next step. */
export function deleteStep(store: BuilderStore, stepId: string): void {
  const { edit, definition, undo } = store.getState();
  const placed = findPlaced(definition, stepId);
  if (!placed) return;
  const order = placedSteps(definition).map(({ step }) => step.id);
  const gone = new Set(idsWithin(placed.step));
  const next =
    order.slice(order.indexOf(stepId)).find((id) => !gone.has(id)) ?? order.slice(0, order.indexOf(stepId)).at(-1);
  edit(`Delete ${placed.step.name}`, (flow) => removeStep(flow, stepId), {
    select: next ? { kind: "step", id: next } : { kind: "trigger" },
  });
  const inside = countWithin(placed.step);
  showToast(
    `Deleted "${placed.step.name}"${inside > 0 ? ` and the ${inside} ${inside === 1 ? "step" : "steps"} inside` : ""}`,
    {
      action: { label: "Undo", onSelect: undo },
    },
  );
}

/** Puts a copy right after a step. */
export function duplicateStep(store: BuilderStore, stepId: string): void {
  const placed = findPlaced(store.getState().definition, stepId);
  if (placed)
    insertCopies(
      store,
      { list: placed.slot.list, index: placed.slot.index + 1 },
      [{ ...placed.step, name: `${placed.step.name} (copy)`.slice(0, 120) }],
      "Duplicate",
    );
}

/** Puts a step with what is inside it on the clipboard as JSON text. */
export async function copyStep(store: BuilderStore, stepId: string): Promise<void> {
  const placed = findPlaced(store.getState().definition, stepId);
  if (!placed) return;
  const done = await copyText(JSON.stringify({ [CLIP_MARK]: 1, steps: [placed.step] }, null, 2));
  showToast(done ? `Copied "${placed.step.name}"` : "The browser did not allow copying");
}

/** Reads steps out of pasted text; null when it holds none. */
export function readClip(text: string): Step[] | null {
  try {
    const value = JSON.parse(text) as { steps?: unknown; [CLIP_MARK]?: unknown };
    if (value[CLIP_MARK] !== 1) return null;
    const read = stepSchema.array().min(1).safeParse(value.steps);
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Inserts pasted steps after a step (or first), with ids of their own; references among them follow. */
export function pasteSteps(store: BuilderStore, afterId: string | null, steps: readonly Step[]): void {
  const placed = afterId === null ? null : findPlaced(store.getState().definition, afterId);
  insertCopies(
    store,
    placed ? { list: placed.slot.list, index: placed.slot.index + 1 } : { list: ["steps"], index: 0 },
    steps,
    "Paste",
  );
}

/** Inserts pasted steps at a slot. */
export function pasteStepsAt(store: BuilderStore, slot: StepSlot, steps: readonly Step[]): void {
  insertCopies(store, slot, steps, "Paste");
}

function insertCopies(store: BuilderStore, slot: StepSlot, originals: readonly Step[], verb: string): void {
  const { edit, definition } = store.getState();
  const { steps, renamed } = withFreshIds(originals, definition);
  const turned = steps.map((step) => mapStepTexts(step, (text) => renameReferences(text, renamed).text));
  const first = turned[0];
  if (!first) return;
  edit(`${verb} ${first.name}`, (flow) => insertSteps(flow, slot, turned), { select: { kind: "step", id: first.id } });
}

/** Moves a step one place up or down; says which references it broke. */
export function nudgeStep(store: BuilderStore, stepId: string, by: -1 | 1): void {
  move(store, (flow) => shiftStep(flow, stepId, by));
}

/** Moves a step to a slot, as after a drag. */
export function dropStep(store: BuilderStore, stepId: string, slot: StepSlot): void {
  move(store, (flow) => moveStep(flow, stepId, slot));
}

/** Moves, and says with a way back which steps now read one that comes later. */
function move(store: BuilderStore, turn: (flow: FlowDefinition) => FlowDefinition | null): void {
  const { definition, edit, undo } = store.getState();
  const moved = turn(definition);
  if (moved === null) return;
  const before = new Set(breaksOf(definition));
  const broken = breaksOf(moved).filter((one) => !before.has(one));
  edit("Move step", () => moved);
  if (broken.length > 0)
    showToast(broken.length === 1 ? (broken[0] ?? "") : `${broken.length} steps now read something that comes later`, {
      description: broken.length > 1 ? broken.join(" ") : undefined,
      action: { label: "Undo", onSelect: undo },
    });
}

function breaksOf(flow: FlowDefinition): string[] {
  const steps = placedSteps(flow).map(({ step }) => step);
  const nameOf = (id: string) => steps.find((step) => step.id === id)?.name ?? id;
  return brokenReferences(flow, referencesOf, steps).map(
    ({ stepId, id }) => `"${nameOf(stepId)}" uses "${nameOf(id)}", which comes later.`,
  );
}

/** Turns a step off, or on again. */
export function toggleStep(store: BuilderStore, stepId: string): void {
  store
    .getState()
    .edit("Turn step off or on", (flow) =>
      changeStep(flow, stepId, (step) => ({ ...step, off: step.off === true ? undefined : true })),
    );
}
