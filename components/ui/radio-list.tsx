"use client";
import { type ReactNode, useId } from "react";

/** One way of a RadioList. */
export type RadioChoice<Value extends string> = { value: Value; label: ReactNode; disabled?: boolean };

type RadioListProps<Value extends string> = {
  legend: ReactNode;
  choices: readonly RadioChoice<Value>[];
  value: Value;
  onValueChange: (value: Value) => void;
};

/** Chooses one of a few ways that are all to be seen; arrow keys go through them. */
export function RadioList<Value extends string>({ legend, choices, value, onValueChange }: RadioListProps<Value>) {
  const name = useId();
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 text-13 font-semibold">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="flex min-h-6 w-fit max-w-full cursor-pointer items-start gap-2 text-14">
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            disabled={choice.disabled}
            onChange={() => onValueChange(choice.value)}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0">{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
