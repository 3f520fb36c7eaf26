"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import { TemplateField } from "#components/builder/template-field.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { ForEachStep } from "#lib/engine/steps/registry.generated.ts";

/** The form of a step that goes through a list. */
export const form: StepForm<ForEachStep> = { kind: "forEach", Fields: ForEachFields };

/** The list a loop goes through, how many at once, and what a failing item does. */
function ForEachFields({ step }: { step: ForEachStep }) {
  const { store, data } = useBuilder();
  const change = (patch: Partial<ForEachStep>, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Change ${step.name}`,
        (flow) => changeStep(flow, step.id, (one) => (one.kind === "forEach" ? { ...one, ...patch } : one)),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  return (
    <div className="flex flex-col gap-4">
      <TemplateField
        owner={step.id}
        fieldKey="items"
        label="List"
        kind="expression"
        value={step.items}
        required
        placeholder="trigger.body.items"
        help="Steps inside read the item as item and its place as index."
        onChange={(items) => change({ items }, "items")}
      />
      <Field label="Items at once" help="1 keeps their order.">
        <Input
          type="number"
          min={1}
          max={20}
          value={String(step.concurrency)}
          readOnly={!data.may.edit}
          onValueChange={(value) =>
            change({ concurrency: Math.min(20, Math.max(1, Math.round(Number(value) || 1))) }, "concurrency")
          }
        />
      </Field>
      <Field label="When an item fails">
        <Select
          options={[
            { value: "stop", label: "Stop the run" },
            { value: "continue", label: "Go on with the others" },
          ]}
          value={step.onItemError}
          disabled={!data.may.edit}
          onValueChange={(onItemError) => change({ onItemError })}
        />
      </Field>
    </div>
  );
}
