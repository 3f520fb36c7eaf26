import type { ReactNode } from "react";
import { ChevronRight } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";

/** Something rarely needed, folded away below its name. */
export function Disclosure({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <details className={cx("group", className)}>
      <summary className="flex min-h-8 list-none items-center gap-1 text-13 font-medium text-ink-2 hover:text-ink">
        <ChevronRight aria-hidden className="shrink-0 transition-transform duration-[120ms] group-open:rotate-90" />
        {label}
      </summary>
      {children}
    </details>
  );
}
