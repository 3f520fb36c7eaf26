import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";

/** Nothing here yet, or nothing matches: an icon, a title of at most six words, one sentence, one button. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  link,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  link?: ReactNode;
}) {
  return (
    <section className="flex max-w-prose flex-col items-start gap-3 p-6">
      <span
        className={cx(
          "flex size-10 items-center justify-center rounded-card bg-neutral-soft text-neutral-text",
          "[&_.lucide]:size-5",
        )}
        aria-hidden
      >
        {icon}
      </span>
      <div>
        <h2 className="text-16 font-semibold">{title}</h2>
        <p className="mt-1 text-14 text-ink-2">{children}</p>
      </div>
      {action || link ? (
        <div className="flex flex-wrap items-center gap-4">
          {action}
          {link}
        </div>
      ) : null}
    </section>
  );
}
