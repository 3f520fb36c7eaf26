"use client";
import { Field } from "@base-ui/react/field";
import type { ComponentProps } from "react";
import { cx } from "#components/ui/cx.ts";
import { CONTROL_LOOK } from "#components/ui/input.tsx";

/** A text field of several lines; it grows with its text. */
export function Textarea({ className, mono, rows = 3, ...rest }: ComponentProps<"textarea"> & { mono?: boolean }) {
  return (
    <Field.Control
      render={
        <textarea
          rows={rows}
          className={cx(
            CONTROL_LOOK,
            "field-sizing-content max-h-96 min-h-16 resize-y px-3 py-1.5",
            mono && "font-mono text-13",
            className,
          )}
          {...rest}
        />
      }
    />
  );
}
