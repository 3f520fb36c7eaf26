import { cx } from "#components/ui/cx.ts";

/** How far long work has come; while its whole is not known yet, that it is under way. */
export function Progress({
  label,
  done,
  total,
  className,
}: {
  label: string;
  done: number;
  total: number | null;
  className?: string;
}) {
  const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      {...(total === null ? {} : { "aria-valuemax": total, "aria-valuenow": done })}
      className={cx("h-1 w-full overflow-hidden rounded-full bg-neutral-soft", className)}
    >
      <div
        className={cx(
          "h-1 rounded-full bg-accent transition-[width] duration-[180ms]",
          total === null && "w-1/4 animate-pulse",
        )}
        {...(total === null ? {} : { style: { width: `${share * 100}%` } })}
      />
    </div>
  );
}
