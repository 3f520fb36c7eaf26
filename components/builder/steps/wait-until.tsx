"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { StepForm } from "#components/builder/step-form.ts";
import { TemplateField } from "#components/builder/template-field.tsx";
import { Field } from "#components/ui/field.tsx";
import { SearchSelect } from "#components/ui/search-select.tsx";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { WaitUntilStep } from "#lib/engine/steps/registry.generated.ts";

/** The form of a step that waits until a moment. */
export const form: StepForm<WaitUntilStep> = { kind: "waitUntil", Fields: WaitUntilFields };

/** Which moment the run waits for here, and whose clocks show it. */
function WaitUntilFields({ step }: { step: WaitUntilStep }) {
  const { store, data } = useBuilder();
  const change = (patch: Partial<WaitUntilStep>, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Change ${step.name}`,
        (flow) => changeStep(flow, step.id, (one) => (one.kind === "waitUntil" ? { ...one, ...patch } : one)),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  return (
    <div className="flex flex-col gap-4">
      <TemplateField
        owner={step.id}
        fieldKey="until"
        label="Time"
        kind="expression"
        value={step.until}
        required
        placeholder={'"09:00"'}
        help={
          'A time of the day in quotes (the next one), a date such as "2026-12-24T09:00", or a value of the event. ' +
          "A time that is past is no wait."
        }
        onChange={(until) => change({ until }, "until")}
      />
      <Field label="Time zone" help="For times that name none. Summer time is kept.">
        <SearchSelect
          what="time zones"
          options={zonesWith(step.zone)}
          value={step.zone}
          disabled={!data.may.edit}
          onValueChange={(zone) => change({ zone })}
        />
      </Field>
    </div>
  );
}

/** The zones that the browser knows, the chosen one among them. */
function zonesWith(chosen: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC" && zone.includes("/"));
  const all = ["UTC", ...known];
  return (all.includes(chosen) ? all : [chosen, ...all]).map((zone) => ({
    value: zone,
    label: zone.replaceAll("_", " "),
  }));
}
