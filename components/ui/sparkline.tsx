import { cx } from "#components/ui/cx.ts";

/** Counts over time as thin bars, oldest first; zero draws a base line. `label` says it in words. */
export function Sparkline({
  counts,
  label,
  className,
}: {
  counts: readonly number[];
  label: string;
  className?: string;
}) {
  const most = Math.max(1, ...counts);
  const step = 100 / Math.max(1, counts.length);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox="0 0 100 20"
      preserveAspectRatio="none"
      className={cx("h-5 w-24 text-neutral-solid", className)}
    >
      {counts.map((count, index) => {
        const height = count === 0 ? 1 : 2 + (count / most) * 18;
        return (
          <rect
            key={index}
            x={index * step}
            y={20 - height}
            width={step * 0.7}
            height={height}
            fill="currentColor"
            className={count === 0 ? "text-line" : undefined}
          />
        );
      })}
    </svg>
  );
}
