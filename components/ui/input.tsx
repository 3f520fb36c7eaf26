"use client";
import { Input as Base } from "@base-ui/react/input";
import type { ComponentProps } from "react";
import { cx } from "#components/ui/cx.ts";

/** The edge, ground and height that all text controls share. */
export const CONTROL_LOOK =
  "w-full min-w-0 rounded-control border border-line-strong bg-surface text-14 text-ink transition-colors " +
  "duration-[120ms] disabled:border-dashed disabled:text-ink-3 aria-invalid:border-bad-solid " +
  "data-invalid:border-bad-solid";

/** A one-line text field; `mono` for code, ids and addresses. */
export function Input({
  className,
  mono,
  compact,
  ...rest
}: ComponentProps<typeof Base> & { mono?: boolean; compact?: boolean; className?: string }) {
  return (
    <Base
      className={cx(
        CONTROL_LOOK,
        compact ? "h-[var(--h-compact)] px-2 text-13" : "h-[var(--h-control)] px-3",
        mono && "font-mono text-13",
        className,
      )}
      autoComplete="off"
      {...rest}
    />
  );
}
