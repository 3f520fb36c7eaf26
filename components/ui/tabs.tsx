"use client";
import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";
import { cx } from "#components/ui/cx.ts";

/** One tab: a word, maybe a count, and what it shows. */
export type TabItem = { value: string; label: string; count?: number; content: ReactNode };

type TabsProps = {
  items: readonly TabItem[];
  label: string;
  value?: string;
  defaultValue?: string;
  onValueChange?: (value: string) => void;
  className?: string;
  listClassName?: string;
  panelClassName?: string;
};

/** Tabs over panels; arrows move between tabs. */
export function Tabs({
  items,
  label,
  value,
  defaultValue,
  onValueChange,
  className,
  listClassName,
  panelClassName,
}: TabsProps) {
  return (
    <Base.Root
      value={value}
      defaultValue={defaultValue ?? items[0]?.value}
      onValueChange={(next) => onValueChange?.(String(next))}
      className={cx("flex min-h-0 min-w-0 flex-col", className)}
    >
      <Base.List
        aria-label={label}
        className={cx("relative flex shrink-0 gap-4 overflow-x-auto border-b border-line", listClassName)}
      >
        {items.map((item) => (
          <Base.Tab
            key={item.value}
            value={item.value}
            className={cx(
              "flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 border-transparent text-13 font-medium",
              "text-ink-2 outline-offset-[-2px] hover:text-ink data-active:border-accent data-active:text-ink",
            )}
          >
            {item.label}
            {item.count === undefined ? null : (
              <span className="tabular rounded-chip bg-neutral-soft px-1 text-12 text-neutral-text">{item.count}</span>
            )}
          </Base.Tab>
        ))}
      </Base.List>
      {items.map((item) => (
        <Base.Panel
          key={item.value}
          value={item.value}
          className={cx("min-h-0 min-w-0 flex-1 pt-4 outline-offset-2", panelClassName)}
        >
          {item.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
