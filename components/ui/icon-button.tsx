"use client";
import type { ComponentProps, ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Tooltip } from "#components/ui/tooltip.tsx";

type IconButtonProps = Omit<ComponentProps<typeof Button>, "children" | "aria-label"> & {
  /** Its name for screen readers and its tooltip. */
  label: string;
  icon: ReactNode;
  /** A key that does the same, shown in the tooltip. */
  keys?: string;
};

/** A square button with only an icon; its label is its tooltip. */
export function IconButton({
  label,
  icon,
  keys,
  size = "default",
  variant = "quiet",
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <Button
        aria-label={label}
        variant={variant}
        size={size}
        className={cx("px-0", size === "compact" ? "w-[var(--h-compact)]" : "w-[var(--h-control)]", className)}
        {...rest}
      >
        {icon}
      </Button>
    </Tooltip>
  );
}
