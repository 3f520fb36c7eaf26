"use client";
import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { WINDOW_UNITS, windowUnit } from "#lib/core/dedupe-window.ts";

type Unit = (typeof WINDOW_UNITS)[number]["id"];

/** How long equal content counts as the same event: a number and its unit, kept in seconds. */
export function WindowField({
  seconds,
  error,
  disabled,
  onChange,
}: {
  seconds: number;
  error: string | undefined;
  disabled: boolean;
  onChange: (seconds: number) => void;
}) {
  const [unit, setUnit] = useState<Unit>(windowUnit(seconds).id);
  const [text, setText] = useState(String(seconds / windowUnit(seconds).seconds));
  const put = (nextText: string, nextUnit: Unit) => {
    setText(nextText);
    setUnit(nextUnit);
    onChange(Number(nextText) * (WINDOW_UNITS.find(({ id }) => id === nextUnit)?.seconds ?? 1));
  };
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field
        label="Recognised for"
        error={error}
        help={
          "How long a repeat is recognised, up to 30 days. Senders try again " +
          "for hours or days, so 7 days is a good value."
        }
      >
        <Input inputMode="numeric" value={text} disabled={disabled} onValueChange={(next) => put(next, unit)} />
      </Field>
      <Field label="Unit">
        <Select
          value={unit}
          disabled={disabled}
          onValueChange={(next) => put(text, next)}
          options={WINDOW_UNITS.map(({ id }) => ({ value: id, label: id }))}
        />
      </Field>
    </div>
  );
}
