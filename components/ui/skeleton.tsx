import { cx } from "#components/ui/cx.ts";

/** A grey bar in the place of text to come; give it the geometry of the real thing. Shows after 150 ms. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx("appear-late block h-3 rounded-chip bg-neutral-soft", className)} />;
}

/** Rows of a table that is still loading. */
export function TableSkeleton({ rows = 8, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="appear-late rounded-card border border-line bg-surface">
      {Array.from({ length: rows }, (_, row) => (
        <div
          key={`row-${row + 1}`}
          className="flex h-[var(--h-row)] items-center gap-6 border-b border-line px-3 last:border-b-0"
        >
          <Skeleton className="w-48" />
          <Skeleton className="w-20" />
          <Skeleton className="ml-auto w-16" />
        </div>
      ))}
    </div>
  );
}
