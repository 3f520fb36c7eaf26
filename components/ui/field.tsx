"use client";
import { Field as Base } from "@base-ui/react/field";
import type { ReactNode } from "react";
import { OctagonX } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";

type FieldProps = {
  label: ReactNode;
  /** One sentence under the control. */
  help?: ReactNode;
  /** What is wrong, in words; marks the control. */
  error?: string | null;
  /** Short word right of the label, e.g. "optional" or "needed". */
  mark?: ReactNode;
  name?: string;
  className?: string;
  children: ReactNode;
};

/** Label above, control, help below, error in its place. Ties them together for screen readers. */
export function Field({ label, help, error, mark, name, className, children }: FieldProps) {
  return (
    <Base.Root name={name} invalid={Boolean(error)} className={cx("flex min-w-0 flex-col gap-1", className)}>
      <div className="flex items-baseline justify-between gap-2">
        <Base.Label className="text-13 font-medium text-ink">{label}</Base.Label>
        {mark ? <span className="text-12 text-ink-3">{mark}</span> : null}
      </div>
      {children}
      {error ? (
        <Base.Error match className="flex items-start gap-1 text-12 text-bad-text">
          <OctagonX aria-hidden className="mt-0.5 size-3" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{error}</span>
        </Base.Error>
      ) : null}
      {help ? <Base.Description className="max-w-prose text-12 text-ink-3">{help}</Base.Description> : null}
    </Base.Root>
  );
}
