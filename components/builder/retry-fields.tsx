"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { NumberInput } from "#components/ui/number-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { DEFAULT_RETRY_ON, type RetryPolicy, retrySchema } from "#lib/engine/retry.ts";

const SECOND_MS = 1_000;
const START: RetryPolicy = { attempts: 5, firstMs: 2_000, factor: 2, maxMs: 3_600_000 };

type RetryFieldsProps = {
  value: RetryPolicy | undefined;
  disabled: boolean;
  onChange: (value: RetryPolicy | undefined) => void;
};

/** How often, after what and how patiently a step is tried again; a value that cannot be is said and not taken. */
export function RetryFields({ value, disabled, onChange }: RetryFieldsProps) {
  if (value === undefined)
    return (
      <div>
        <p className="mb-2 text-13 text-ink-2">
          Tried again by default: no answer, 408, 425, 429 and 5xx, 12 times over three days, with growing waits.
        </p>
        <Button size="compact" disabled={disabled} onClick={() => onChange(START)}>
          Change retries for this step
        </Button>
      </div>
    );
  const isFixed = value.factor === 1;
  const change = (patch: Partial<RetryPolicy>) => onChange({ ...value, ...patch });
  return (
    <fieldset className="flex flex-col gap-3" disabled={disabled}>
      <legend className="mb-2 text-13 font-medium">Retry</legend>
      <div className="grid grid-cols-2 gap-3">
        <BoundNumber label="Attempts in all" member="attempts" value={value} onChange={change} />
        <Field label="Waits between them">
          <Select
            options={[
              { value: "growing", label: "Growing" },
              { value: "fixed", label: "Always the same" },
            ]}
            value={isFixed ? "fixed" : "growing"}
            disabled={disabled}
            onValueChange={(next) =>
              change(
                next === "fixed" ? { factor: 1, maxMs: value.firstMs } : { factor: START.factor, maxMs: START.maxMs },
              )
            }
          />
        </Field>
        <BoundNumber
          label={isFixed ? "Wait (seconds)" : "First wait (seconds)"}
          member="firstMs"
          scale={SECOND_MS}
          value={value}
          onChange={(patch) =>
            change(isFixed && patch.firstMs !== undefined ? { ...patch, maxMs: patch.firstMs } : patch)
          }
        />
        {isFixed ? null : (
          <>
            <BoundNumber label="Growth" member="factor" value={value} onChange={change} />
            <BoundNumber
              label="Longest wait (seconds)"
              member="maxMs"
              scale={SECOND_MS}
              value={value}
              onChange={change}
            />
          </>
        )}
      </div>
      <RetriedAfter value={value} disabled={disabled} onChange={change} />
      <Button
        size="compact"
        variant="quiet"
        className="self-start"
        disabled={disabled}
        onClick={() => onChange(undefined)}
      >
        Use the default retries
      </Button>
    </fieldset>
  );
}

type PartProps = { value: RetryPolicy; onChange: (patch: Partial<RetryPolicy>) => void };

function BoundNumber({
  label,
  member,
  scale = 1,
  value,
  onChange,
}: PartProps & { label: string; member: "attempts" | "firstMs" | "factor" | "maxMs"; scale?: number }) {
  const [refused, setRefused] = useState<number | null>(null);
  const schema = retrySchema.shape[member];
  const [least, most] = [(schema.minValue ?? 0) / scale, (schema.maxValue ?? 0) / scale];
  const shown = refused ?? value[member] / scale;
  const take = (number: number | null) => {
    const next = number === null ? Number.NaN : Math.round(number * scale * 100) / 100;
    const read = schema.safeParse(next);
    setRefused(read.success ? null : (number ?? Number.NaN));
    if (read.success) onChange({ [member]: read.data });
  };
  return (
    <Field
      label={label}
      error={refused === null ? null : `${member === "attempts" ? "A whole number from" : "From"} ${least} to ${most}.`}
    >
      <NumberInput value={shown} decimals={member !== "attempts"} onNumberChange={take} />
    </Field>
  );
}

/** The statuses that are tried again, as people write them, and whether what got none is. */
function RetriedAfter({ value, disabled, onChange }: PartProps & { disabled: boolean }) {
  const on = value.on ?? DEFAULT_RETRY_ON;
  const [text, setText] = useState(on.filter((one) => one !== "other").join(", "));
  const [error, setError] = useState<string | null>(null);
  const take = (written: string, others: boolean) => {
    setText(written);
    const next = [
      ...written
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((one) => one !== ""),
      ...(others ? ["other"] : []),
    ];
    const read = retrySchema.shape.on.safeParse(next);
    setError(read.success ? null : "Write statuses such as 429, or all of a hundred as 5xx, with commas between them.");
    if (read.success) onChange({ on: sameAs(next, DEFAULT_RETRY_ON) ? undefined : next });
  };
  return (
    <>
      <Field label="Tried again after the HTTP statuses" error={error}>
        <Input value={text} disabled={disabled} onValueChange={(next) => take(next, on.includes("other"))} />
      </Field>
      <Checkbox
        label="Also after any other failure that may pass, such as no answer in time"
        checked={on.includes("other")}
        disabled={disabled}
        onCheckedChange={(others) => take(text, others)}
      />
    </>
  );
}

function sameAs(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
