"use client";
import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";
import { cx } from "#components/ui/cx.ts";
import { KeyHint } from "#components/ui/key-hint.tsx";

/** A few words about the one element inside, on hover and focus. Never the only place of a fact. */
export function Tooltip({
  text,
  keys,
  children,
  side = "bottom",
}: {
  text: string;
  keys?: string;
  children: ReactElement;
  side?: "top" | "bottom" | "left" | "right";
}) {
  return (
    <Base.Root>
      <Base.Trigger delay={400} render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-60">
          <Base.Popup
            className={cx(
              "flex max-w-80 items-center gap-2 rounded-control border border-line bg-surface px-2 py-1 text-12",
              "text-ink shadow-pop transition-opacity duration-[120ms] data-starting-style:opacity-0",
              "data-ending-style:opacity-0",
            )}
          >
            <span className="[overflow-wrap:anywhere]">{text}</span>
            {keys ? <KeyHint keys={keys} /> : null}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
