"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactElement, ReactNode } from "react";
import { X } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { cx } from "#components/ui/cx.ts";

type DialogProps = {
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons, in reading order; the last is the main one. */
  footer?: ReactNode;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  size?: "default" | "wide";
};

/** A question or form over the page. Focus goes in, Esc closes, focus returns to its opener. */
export function Dialog({
  title,
  description,
  children,
  footer,
  trigger,
  open,
  onOpenChange,
  size = "default",
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange?.(next)}>
      {trigger ? <Base.Trigger render={trigger} /> : null}
      <Base.Portal>
        <Base.Backdrop
          className={cx(
            "fixed inset-0 z-50 bg-scrim transition-opacity duration-[180ms] data-starting-style:opacity-0",
            "data-ending-style:opacity-0",
          )}
        />
        <Base.Popup
          className={cx(
            "fixed top-[8vh] left-1/2 z-50 flex max-h-[84vh] w-[calc(100vw-32px)] -translate-x-1/2 flex-col " +
              "rounded-dialog border border-line bg-surface text-ink shadow-dialog outline-none " +
              "transition-opacity duration-[180ms] data-starting-style:opacity-0 data-ending-style:opacity-0",
            size === "wide" ? "max-w-wide" : "max-w-dialog",
          )}
        >
          <header className="flex items-start justify-between gap-4 px-6 pt-5 pb-2">
            <div className="min-w-0">
              <Base.Title className="text-16 font-semibold">{title}</Base.Title>
              {description ? (
                <Base.Description className="mt-1 text-14 text-ink-2">{description}</Base.Description>
              ) : null}
            </div>
            <Base.Close
              render={
                <Button variant="quiet" size="compact" className="-mr-2 w-[var(--h-compact)] px-0" aria-label="Close" />
              }
            >
              <X aria-hidden />
            </Base.Close>
          </header>
          {children ? <div className="min-h-0 flex-1 overflow-y-auto px-6 py-3">{children}</div> : null}
          {footer ? <footer className="flex flex-wrap justify-end gap-2 px-6 pt-3 pb-5">{footer}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
