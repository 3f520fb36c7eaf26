"use client";
import { Switch as Base } from "@base-ui/react/switch";
import { type ReactNode, useId } from "react";
import { cx } from "#components/ui/cx.ts";

type SwitchProps = {
  label: ReactNode;
  labelHidden?: boolean;
  help?: ReactNode;
  checked?: boolean;
  defaultChecked?: boolean;
  onCheckedChange?: (checked: boolean) => void;
  name?: string;
  disabled?: boolean;
  className?: string;
};

/** Turns one thing on or off at once; a Checkbox is for forms that are saved later. */
export function Switch({ label, labelHidden, help, className, ...rest }: SwitchProps) {
  const nameId = useId();
  return (
    <label className={cx("inline-flex min-h-6 cursor-pointer items-start gap-2 text-14", className)}>
      <Base.Root
        aria-labelledby={nameId}
        {...rest}
        className={cx(
          "mt-0.5 flex h-4 w-7 shrink-0 items-center rounded-full border border-line-strong bg-sunken p-px",
          "transition-colors duration-[120ms] data-checked:border-accent data-checked:bg-accent",
          "data-disabled:border-dashed",
        )}
      >
        <Base.Thumb
          className={cx(
            "size-3 rounded-full bg-neutral-solid transition-transform duration-[120ms]",
            "data-checked:translate-x-3 data-checked:bg-on-accent",
          )}
        />
      </Base.Root>
      <span id={nameId} className={labelHidden ? "sr-only" : "min-w-0"}>
        {label}
        {help ? <span className="block text-12 text-ink-3">{help}</span> : null}
      </span>
    </label>
  );
}
