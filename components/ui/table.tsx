import NextLink from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";

/**
 * A table in its frame: name first, state second, time right, menu last. Scrolls sideways inside itself when narrow.
 */
export function Table({
  label,
  children,
  className,
  framed = true,
}: {
  label: string;
  children: ReactNode;
  className?: string;
  framed?: boolean;
}) {
  return (
    <ScrollRegion
      label={label}
      className={cx("min-w-0 overflow-x-auto bg-surface", framed && "rounded-card border border-line", className)}
    >
      <table aria-label={label} className="w-full border-collapse text-13">
        {children}
      </table>
    </ScrollRegion>
  );
}

/** The head row; give it HeadCells. */
export function TableHead({ children }: { children: ReactNode }) {
  return (
    <thead>
      <tr className="border-b border-line">{children}</tr>
    </thead>
  );
}

/** One column's name. `end` for numbers and times. */
export function HeadCell({ end, className, ...rest }: ComponentProps<"th"> & { end?: boolean }) {
  return (
    <th
      scope="col"
      className={cx(
        "h-8 px-3 text-12 font-medium whitespace-nowrap text-ink-3",
        end ? "text-right" : "text-left",
        className,
      )}
      {...rest}
    />
  );
}

/** One row, 36 px. `selected` paints it. */
export function Row({ selected, className, ...rest }: ComponentProps<"tr"> & { selected?: boolean }) {
  return (
    <tr
      aria-selected={selected}
      className={cx(
        "relative border-b border-line last:border-b-0 hover:bg-hover",
        selected && "bg-selected hover:bg-selected",
        className,
      )}
      {...rest}
    />
  );
}

/** One cell. `end` for numbers and times; `mono` for code. */
export function Cell({ end, mono, className, ...rest }: ComponentProps<"td"> & { end?: boolean; mono?: boolean }) {
  return (
    <td
      className={cx(
        "h-[var(--h-row)] px-3 py-1 align-middle",
        end && "tabular text-right whitespace-nowrap text-ink-2",
        mono && "font-mono text-12",
        className,
      )}
      {...rest}
    />
  );
}

/** The name in a row's first cell: a link whose target is the whole row. */
export function RowLink({ className, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink
      className={cx("font-semibold text-ink after:absolute after:inset-0 hover:underline", className)}
      {...rest}
    />
  );
}
