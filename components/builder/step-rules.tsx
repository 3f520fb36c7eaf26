"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { TemplateField } from "#components/builder/template-field.tsx";
import { Plus } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { withOnError, withWhen } from "#lib/engine/edit/step-rules.ts";
import { changeStep, findPlaced } from "#lib/engine/edit/step-tree.ts";
import { errorPathOf, type OnError, onErrorOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

const ON_ERROR_OPTIONS: { value: OnError; label: string; description: string }[] = [
  { value: "stop", label: "Stop the run", description: "The run fails here; it can be resumed." },
  { value: "continue", label: "Go on without it", description: "Later steps read why in its error." },
  { value: "path", label: "Take an error path", description: "Steps of its own, then the flow goes on." },
];

/** What every step can be told, whatever its kind: when it runs, and what its failure does. */
export function StepRules({ step }: { step: Step }) {
  const { store, data } = useBuilder();
  const errorSteps = errorPathOf(step);
  const when = (text: string) =>
    store
      .getState()
      .edit(`Condition of ${step.name}`, (flow) => changeStep(flow, step.id, (one) => withWhen(one, text)), {
        mergeKey: `${step.id}:when`,
      });
  const onError = (next: OnError) => {
    const dropped = errorSteps?.length ?? 0;
    store
      .getState()
      .edit(`Settings of ${step.name}`, (flow) => changeStep(flow, step.id, (one) => withOnError(one, next)));
    if (dropped > 0)
      showToast(`Removed the error path and its ${dropped} ${dropped === 1 ? "step" : "steps"}`, {
        action: { label: "Undo", onSelect: () => store.getState().undo() },
      });
  };
  const addStep = () => {
    const placed = findPlaced(store.getState().definition, step.id);
    if (placed === null) return;
    const list = [...placed.slot.list, placed.slot.index, "errorSteps"];
    store.getState().set({ chooser: { list, index: errorSteps?.length ?? 0 } });
  };
  return (
    <>
      <TemplateField
        owner={step.id}
        fieldKey="when"
        label="Only when"
        kind="expression"
        value={step.when ?? ""}
        placeholder="trigger.body.amount > 1000"
        help="Asked when the run comes here. If it is not true, the step is skipped and the flow goes on."
        onChange={when}
      />
      <Field
        label="When it fails for good"
        help={
          errorSteps === null
            ? undefined
            : "Steps of the error path read what went wrong in error: its step, code, message, status and attempts."
        }
      >
        <Select
          options={ON_ERROR_OPTIONS}
          value={onErrorOf(step)}
          disabled={!data.may.edit}
          onValueChange={(next) => onError(next)}
        />
      </Field>
      {errorSteps !== null && data.may.edit ? (
        <Button size="compact" className="self-start" icon={<Plus aria-hidden />} onClick={addStep}>
          Add a step to the error path
        </Button>
      ) : null}
    </>
  );
}
