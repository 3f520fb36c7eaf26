"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { RetryFields } from "#components/builder/retry-fields.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

/** What happens when nobody knows whether it went out, and retries. */
export function ActionSettings({ step }: { step: ActionStep }) {
  const { store, data } = useBuilder();
  const settings = step.settings ?? {};
  const change = (patch: Partial<NonNullable<ActionStep["settings"]>>, mergeKey?: string) =>
    store
      .getState()
      .edit(
        `Settings of ${step.name}`,
        (flow) =>
          changeStep(flow, step.id, (one) =>
            one.kind === "action" ? { ...one, settings: cleaned({ ...one.settings, ...patch }) } : one,
          ),
        mergeKey ? { mergeKey: `${step.id}:${mergeKey}` } : {},
      );
  return (
    <>
      <Field
        label="When nobody knows whether it went out"
        help="After a crash or a connection that broke at the wrong moment."
      >
        <Select
          options={[
            { value: "default", label: "As this action does by default" },
            { value: "retry", label: "Send again with the same key" },
            { value: "ask", label: "Ask a person" },
          ]}
          value={settings.onUnknown ?? "default"}
          disabled={!data.may.edit}
          onValueChange={(onUnknown) => change({ onUnknown: onUnknown === "default" ? undefined : onUnknown })}
        />
      </Field>
      <RetryFields
        key={step.id}
        value={settings.retry}
        disabled={!data.may.edit}
        onChange={(retry) => change({ retry }, "retry")}
      />
    </>
  );
}

function cleaned(settings: NonNullable<ActionStep["settings"]>): ActionStep["settings"] {
  const kept = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return Object.keys(kept).length === 0 ? undefined : kept;
}
