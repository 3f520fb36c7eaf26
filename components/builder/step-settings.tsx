"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { StepRules } from "#components/builder/step-rules.tsx";
import { findStepForm } from "#components/builder/steps/registry.generated.ts";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** What every step can be told, the settings of the step's kind, and a note. */
export function StepSettings({ step }: { step: Step }) {
  const { store, data } = useBuilder();
  const form = findStepForm(step.kind);
  const Settings = form?.Settings;
  const note = (text: string) =>
    store
      .getState()
      .edit(
        `Note on ${step.name}`,
        (flow) => changeStep(flow, step.id, (one) => ({ ...one, note: text === "" ? undefined : text })),
        {
          mergeKey: `${step.id}:note`,
        },
      );
  return (
    <div className="flex flex-col gap-4">
      {form === null ? null : <StepRules step={step} />}
      {Settings ? <Settings step={step} /> : null}
      <Field label="Note" mark="optional" help="For people who read this flow.">
        <Textarea
          value={step.note ?? ""}
          maxLength={2_000}
          readOnly={!data.may.edit}
          onChange={(event) => note(event.target.value)}
        />
      </Field>
    </div>
  );
}
