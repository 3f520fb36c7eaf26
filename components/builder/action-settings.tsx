"use client";
import { useBuilder } from "#components/builder/builder-context.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import type { ActionStep } from "#lib/engine/steps/registry.generated.ts";

const RETRY_START = { attempts: 5, firstMs: 2_000, factor: 2, maxMs: 3_600_000 };
const BOUNDS = { attempts: [1, 50], firstMs: [100, 3_600_000], factor: [1, 10], maxMs: [100, 86_400_000] } as const;
const LABELS = {
  attempts: "Attempts in all",
  firstMs: "First wait (ms)",
  factor: "Growth",
  maxMs: "Longest wait (ms)",
} as const;

/** Retry, and what happens when nobody knows whether it went out. */
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
  const { retry } = settings;
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
      {retry ? (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-13 font-medium">Retry</legend>
          <div className="grid grid-cols-2 gap-3">
            {(Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]).map((key) => (
              <Field key={key} label={LABELS[key]}>
                <Input
                  type="number"
                  min={BOUNDS[key][0]}
                  max={BOUNDS[key][1]}
                  step={key === "factor" ? 0.1 : 1}
                  value={String(retry[key])}
                  readOnly={!data.may.edit}
                  onValueChange={(value) => {
                    const number = Number(value);
                    if (value !== "" && number >= BOUNDS[key][0] && number <= BOUNDS[key][1])
                      change(
                        { retry: { ...retry, [key]: key === "factor" ? number : Math.round(number) } },
                        `retry-${key}`,
                      );
                  }}
                />
              </Field>
            ))}
          </div>
          <Button size="compact" variant="quiet" className="self-start" onClick={() => change({ retry: undefined })}>
            Use the default retries
          </Button>
        </fieldset>
      ) : (
        <div>
          <p className="mb-2 text-13 text-ink-2">
            Retried by default: network errors, 408, 425, 429 and 5xx, with growing waits.
          </p>
          <Button size="compact" disabled={!data.may.edit} onClick={() => change({ retry: RETRY_START })}>
            Change retries for this step
          </Button>
        </div>
      )}
    </>
  );
}

function cleaned(settings: NonNullable<ActionStep["settings"]>): ActionStep["settings"] {
  const kept = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  return Object.keys(kept).length === 0 ? undefined : kept;
}
