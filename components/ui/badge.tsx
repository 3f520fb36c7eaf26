import { cva } from "class-variance-authority";
import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";
import type { StateTone } from "#lib/core/states.ts";

const look = cva(
  "inline-flex h-5 max-w-full align-middle items-center gap-1 whitespace-nowrap rounded-chip px-1.5 text-12 " +
    "font-medium [&_.lucide]:size-3",
  {
    variants: {
      tone: {
        ok: "bg-ok-soft text-ok-text",
        warn: "bg-warn-soft text-warn-text",
        bad: "bg-bad-soft text-bad-text",
        info: "bg-info-soft text-info-text",
        hold: "bg-hold-soft text-hold-text",
        neutral: "bg-neutral-soft text-neutral-text",
        accent: "bg-accent-soft text-accent-text",
      },
    },
  },
);

/** One or two words in a soft colour; an icon where there is one. */
export function Badge({
  tone = "neutral",
  icon,
  children,
  className,
  title,
}: {
  tone?: StateTone | "accent";
  icon?: ReactNode;
  children: ReactNode;
  className?: string;
  title?: string;
}) {
  return (
    <span className={cx(look({ tone }), className)} title={title}>
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}
