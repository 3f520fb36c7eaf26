"use client";
import { type ComponentProps, useState } from "react";
import { Input } from "#components/ui/input.tsx";

type NumberInputProps = Omit<ComponentProps<typeof Input>, "value" | "onValueChange" | "inputMode"> & {
  /** Null is an empty field. */
  value: number | null;
  /** What is typed and is no number comes as NaN, so that it is refused with a sentence instead of being lost. */
  onNumberChange: (value: number | null) => void;
  decimals?: boolean;
};

/** A number, written as people write it: the text stays as it is typed, whatever it means. */
export function NumberInput({ value, onNumberChange, decimals = false, ...rest }: NumberInputProps) {
  const [text, setText] = useState(value === null ? "" : String(value));
  const isTyped = Number.isNaN(value) || Object.is(numberOf(text), value);
  const shown = isTyped ? text : String(value ?? "");
  return (
    <Input
      inputMode={decimals ? "decimal" : "numeric"}
      value={shown}
      onValueChange={(next) => {
        setText(next);
        onNumberChange(numberOf(next));
      }}
      {...rest}
    />
  );
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
