"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import { TemplateField } from "#components/builder/template-field.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { DelayStep } from "#lib/engine/steps/registry.generated.ts";

/** The form of a step that waits for a while. */
export const form: StepForm<DelayStep> = { kind: "delay", Fields: DelayFields };

/** How long the run waits here. */
function DelayFields({ step }: { step: DelayStep }) {
  const { store, data } = useBuilder();
  const change = (patch: Partial<DelayStep>, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Change ${step.name}`,
        (flow) => changeStep(flow, step.id, (one) => (one.kind === "delay" ? { ...one, ...patch } : one)),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  return (
    <div className="flex flex-col gap-4">
      <TemplateField
        owner={step.id}
        fieldKey="amount"
        label="How long"
        kind="expression"
        value={step.amount}
        required
        placeholder="15"
        help="A number, or an expression that gives one. 366 days at most; no worker is held meanwhile."
        onChange={(amount) => change({ amount }, "amount")}
      />
      <Field label="Unit">
        <Select
          options={[
            { value: "seconds", label: "Seconds" },
            { value: "minutes", label: "Minutes" },
            { value: "hours", label: "Hours" },
            { value: "days", label: "Days", description: "Of 24 hours each" },
          ]}
          value={step.unit}
          disabled={!data.may.edit}
          onValueChange={(unit) => change({ unit })}
        />
      </Field>
    </div>
  );
}
