"use client";
import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";

/** Ground, edge and motion of everything that floats beside its opener. */
export const POPUP_LOOK =
  "rounded-card border border-line bg-surface text-ink shadow-pop outline-none transition-opacity " +
  "duration-[120ms] ease-calm data-starting-style:opacity-0 data-ending-style:opacity-0";

type PopoverProps = {
  trigger: ReactElement;
  title?: string;
  children: ReactNode;
  side?: "top" | "bottom" | "left" | "right";
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
};

/** A small panel beside its opener; Esc and a click outside close it. */
export function Popover({
  trigger,
  title,
  children,
  side = "bottom",
  align = "start",
  open,
  onOpenChange,
  className,
}: PopoverProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className={cx(POPUP_LOOK, "max-w-[calc(100vw-16px)] p-3", className)}>
            {title ? <Base.Title className="mb-2 text-13 font-semibold">{title}</Base.Title> : null}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
