"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import { Plus, Trash2 } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { stepIdFrom, takenIds } from "#lib/engine/edit/new-step.ts";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { ParallelStep } from "#lib/engine/steps/registry.generated.ts";

/** The form of a step whose branches run side by side. */
export const form: StepForm<ParallelStep> = { kind: "parallel", Fields: ParallelFields };

type Branches = ParallelStep["branches"];

/** The branches of a parallel step by name; what they do stands on the canvas. */
function ParallelFields({ step }: { step: ParallelStep }) {
  const { store, data } = useBuilder();
  const change = (turn: (branches: Branches) => Branches, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Change ${step.name}`,
        (flow) =>
          changeStep(flow, step.id, (one) =>
            one.kind === "parallel" ? { ...one, branches: turn(one.branches) } : one,
          ),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  const add = () =>
    change((branches) => [
      ...branches,
      {
        id: stepIdFrom("way", takenIds(store.getState().definition)),
        name: `Branch ${branches.length + 1}`,
        steps: [],
      },
    ]);
  const remove = ({ id, name, steps }: Branches[number]) => {
    change((branches) => branches.filter((each) => each.id !== id));
    const inside = steps.length === 0 ? "" : ` and its ${steps.length} ${steps.length === 1 ? "step" : "steps"}`;
    showToast(`Deleted "${name}"${inside}`, {
      action: { label: "Undo", onSelect: () => store.getState().undo() },
    });
  };
  return (
    <div className="flex flex-col gap-4">
      <p className="text-13 text-ink-2">
        All branches run side by side. The flow goes on when every one of them has ended; when one fails, the others
        still come to their end, and then this step fails.
      </p>
      {step.branches.map((one, index) => (
        <div key={one.id} className="flex items-end gap-2">
          <Field label={`Name of branch ${index + 1}`} className="flex-1">
            <Input
              compact
              value={one.name}
              maxLength={120}
              readOnly={!data.may.edit}
              onValueChange={(name) =>
                name.trim() &&
                change((branches) => branches.map((each) => (each.id === one.id ? { ...each, name } : each)), one.id)
              }
            />
          </Field>
          {step.branches.length > 1 && data.may.edit ? (
            <IconButton
              size="compact"
              label={`Delete branch ${one.name}`}
              icon={<Trash2 aria-hidden />}
              onClick={() => remove(one)}
            />
          ) : null}
        </div>
      ))}
      <Button
        size="compact"
        className="self-start"
        icon={<Plus aria-hidden />}
        disabled={!data.may.edit || step.branches.length >= 20}
        onClick={add}
      >
        Add a branch
      </Button>
    </div>
  );
}
