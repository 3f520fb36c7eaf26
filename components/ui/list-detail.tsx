import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";

/** A list (420 px) with its opened item beside it; on a narrow page the open item takes the whole place. */
export function ListDetail({
  list,
  detail,
  open,
  className,
}: {
  list: ReactNode;
  detail: ReactNode;
  open: boolean;
  className?: string;
}) {
  return (
    <div
      className={cx(
        "grid min-h-0 min-w-0 flex-1 overflow-hidden rounded-card border border-line bg-surface " +
          "lg:grid-cols-[420px_minmax(0,1fr)]",
        className,
      )}
    >
      <div className={cx("min-h-0 min-w-0 overflow-y-auto border-line lg:block lg:border-r", open && "hidden")}>
        {list}
      </div>
      <div className={cx("min-h-0 min-w-0 overflow-y-auto lg:block", !open && "hidden")}>{detail}</div>
    </div>
  );
}
