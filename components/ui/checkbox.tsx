"use client";
import { Checkbox as Base } from "@base-ui/react/checkbox";
import { type ReactNode, useId } from "react";
import { Check, Minus } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";

type CheckboxProps = {
  label: ReactNode;
  /** Only for screen readers, as in table rows. */
  labelHidden?: boolean;
  checked?: boolean;
  defaultChecked?: boolean;
  indeterminate?: boolean;
  onCheckedChange?: (checked: boolean) => void;
  name?: string;
  value?: string;
  disabled?: boolean;
  className?: string;
};

/** A tick box with its label; the whole line is the target. */
export function Checkbox({ label, labelHidden, className, indeterminate, ...rest }: CheckboxProps) {
  const labelId = useId();
  return (
    <label className={cx("inline-flex min-h-6 cursor-pointer items-start gap-2 text-14", className)}>
      <Base.Root
        indeterminate={indeterminate}
        aria-labelledby={labelId}
        {...rest}
        className={cx(
          "mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-chip border border-line-strong",
          "bg-surface text-on-accent data-checked:border-accent data-checked:bg-accent",
          "data-indeterminate:border-accent data-indeterminate:bg-accent data-disabled:border-dashed",
        )}
      >
        <Base.Indicator className="flex">
          {indeterminate ? (
            <Minus aria-hidden className="size-3 stroke-3" />
          ) : (
            <Check aria-hidden className="size-3 stroke-3" />
          )}
        </Base.Indicator>
      </Base.Root>
      <span id={labelId} className={labelHidden ? "sr-only" : "min-w-0"}>
        {label}
      </span>
    </label>
  );
}
