import { cva } from "class-variance-authority";
import type { ReactNode } from "react";
import { CircleCheck, Info, OctagonX, TriangleAlert } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import type { StateTone } from "#lib/core/states.ts";

const look = cva("flex flex-wrap items-start gap-3 rounded-card border px-4 py-3 text-14", {
  variants: {
    tone: {
      ok: "border-ok-solid/40 bg-ok-soft text-ok-text",
      warn: "border-warn-solid/40 bg-warn-soft text-warn-text",
      bad: "border-bad-solid/40 bg-bad-soft text-bad-text",
      info: "border-info-solid/40 bg-info-soft text-info-text",
      hold: "border-hold-solid/40 bg-hold-soft text-hold-text",
      neutral: "border-line bg-sunken text-ink-2",
    },
  },
});
const ICONS = { ok: CircleCheck, warn: TriangleAlert, bad: OctagonX, info: Info, hold: Info, neutral: Info };

/** A banner in the page: what happened, why, and the button that helps. */
export function Notice({
  tone = "neutral",
  title,
  children,
  actions,
  className,
}: {
  tone?: StateTone;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}) {
  const Icon = ICONS[tone];
  return (
    <div role={tone === "bad" ? "alert" : "status"} className={cx(look({ tone }), className)}>
      <Icon aria-hidden className="mt-0.5" />
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-semibold">{title}</p>
        {children ? <div className="mt-0.5 max-w-prose text-ink-2 [overflow-wrap:anywhere]">{children}</div> : null}
      </div>
      {actions ? <div className="ml-auto flex flex-wrap justify-end gap-2">{actions}</div> : null}
    </div>
  );
}
