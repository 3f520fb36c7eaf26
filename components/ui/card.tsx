import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";

/** A framed section with a title, its buttons and its content. */
export function Card({
  title,
  description,
  actions,
  children,
  className,
}: {
  title?: string;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={cx("min-w-0 rounded-card border border-line bg-surface", className)}>
      {title ? (
        <header className="flex flex-wrap items-start justify-between gap-3 px-4 pt-4">
          <div className="min-w-0">
            <h2 className="text-16 font-semibold">{title}</h2>
            {description ? <p className="mt-0.5 max-w-prose text-13 text-ink-2">{description}</p> : null}
          </div>
          {actions ? <div className="flex gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className="p-4">{children}</div>
    </section>
  );
}
