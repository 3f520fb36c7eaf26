"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { StopStep } from "#lib/engine/steps/registry.generated.ts";

/** The form of a stop step. */
export const form: StepForm<StopStep> = { kind: "stop", Fields: StopFields };

/** How a run ends here, and why in words. */
function StopFields({ step }: { step: StopStep }) {
  const { store, data } = useBuilder();
  const change = (patch: Partial<StopStep>, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Change ${step.name}`,
        (flow) => changeStep(flow, step.id, (one) => (one.kind === "stop" ? { ...one, ...patch } : one)),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  return (
    <div className="flex flex-col gap-4">
      <Field label="The run ends as">
        <Select
          options={[
            { value: "succeeded", label: "Succeeded" },
            { value: "filtered", label: "Filtered", description: "The event was not wanted" },
            { value: "failed", label: "Failed", description: "Shows up among failures" },
          ]}
          value={step.outcome}
          disabled={!data.may.edit}
          onValueChange={(outcome) => change({ outcome })}
        />
      </Field>
      <Field label="Reason" mark="optional" help="Shown on the run.">
        <Input
          value={step.reason}
          maxLength={500}
          readOnly={!data.may.edit}
          onValueChange={(reason) => change({ reason }, "reason")}
        />
      </Field>
    </div>
  );
}
