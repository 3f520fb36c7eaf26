"use client";
import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronDown, Search } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import { CONTROL_LOOK } from "#components/ui/input.tsx";
import { POPUP_LOOK } from "#components/ui/popover.tsx";

/** One choice of a SearchSelect. */
export type SearchOption = {
  value: string;
  label: string;
  /** Other words it is found by. */
  also?: string;
};

type SearchSelectProps = {
  options: readonly SearchOption[];
  value: string | null;
  onValueChange: (value: string) => void;
  /** What is searched, in its plural: "senders". */
  what: string;
  placeholder?: string;
  disabled?: boolean;
};

/** Chooses one of a long list by typing a part of its name; for short lists use Select. */
export function SearchSelect({
  options,
  value,
  onValueChange,
  what,
  placeholder = "Choose…",
  disabled,
}: SearchSelectProps) {
  const chosen = options.find((option) => option.value === value) ?? null;
  return (
    <Base.Root
      items={options}
      value={chosen}
      onValueChange={(next) => next !== null && onValueChange(next.value)}
      isItemEqualToValue={(a, b) => a.value === b.value}
      filter={(option, query) => matches(option, query)}
      autoHighlight
      disabled={disabled}
    >
      <Base.Trigger
        className={cx(
          CONTROL_LOOK,
          "flex h-[var(--h-control)] items-center justify-between gap-2 px-3 text-left data-disabled:border-dashed",
        )}
      >
        <span className={cx("min-w-0 truncate", chosen === null && "text-ink-3")}>{chosen?.label ?? placeholder}</span>
        <ChevronDown aria-hidden className="text-ink-3" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-60">
          <Base.Popup
            aria-label={`Choose from ${options.length} ${what}`}
            className={cx(
              POPUP_LOOK,
              "flex h-[min(24rem,var(--available-height))] w-[max(var(--anchor-width),16rem)] " +
                "max-w-[calc(100vw-16px)] flex-col",
            )}
          >
            <div className="relative border-b border-line p-2">
              <Search aria-hidden className="pointer-events-none absolute top-1/2 left-4 -translate-y-1/2 text-ink-3" />
              <Base.Input
                aria-label={`Search ${what}`}
                placeholder={`Search ${options.length} ${what}`}
                className={cx(CONTROL_LOOK, "h-[var(--h-compact)] pr-2 pl-8 text-13")}
              />
            </div>
            <Base.Empty className="px-3 text-13 text-ink-2 not-empty:py-3">
              No {what} match. Try another part of the name.
            </Base.Empty>
            <Base.List className="min-h-0 flex-1 scroll-py-1 overflow-y-auto overscroll-contain not-empty:p-1">
              {(option: SearchOption) => (
                <Base.Item
                  key={option.value}
                  value={option}
                  className={cx(
                    "flex min-h-8 cursor-default items-start gap-2 rounded-chip px-2 py-1.5 text-13 outline-none",
                    "data-highlighted:bg-hover",
                  )}
                >
                  <span className="mt-0.5 w-4">
                    <Base.ItemIndicator>
                      <Check aria-hidden />
                    </Base.ItemIndicator>
                  </span>
                  <span className="min-w-0 flex-1">{option.label}</span>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Every word typed stands somewhere in the name, whatever its case. */
function matches({ value, label, also = "" }: SearchOption, query: string): boolean {
  const text = `${label} ${value} ${also}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
