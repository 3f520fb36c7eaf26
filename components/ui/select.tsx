"use client";
import { Select as Base } from "@base-ui/react/select";
import type { ReactNode } from "react";
import { Check, ChevronDown } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import { CONTROL_LOOK } from "#components/ui/input.tsx";
import { POPUP_LOOK } from "#components/ui/popover.tsx";

/** One choice of a Select. */
export type SelectOption<Value extends string = string> = {
  value: Value;
  label: string;
  description?: string;
  icon?: ReactNode;
  disabled?: boolean;
};

type SelectProps<Value extends string> = {
  options: readonly SelectOption<Value>[];
  value?: Value | null;
  defaultValue?: Value | null;
  onValueChange?: (value: Value) => void;
  /** Needed outside a Field. */
  label?: string;
  name?: string;
  placeholder?: string;
  compact?: boolean;
  disabled?: boolean;
  className?: string;
};

/** Chooses one of a short list; for long lists use the palette or a search. */
export function Select<Value extends string>({
  options,
  value,
  defaultValue,
  onValueChange,
  label,
  name,
  placeholder = "Choose…",
  compact,
  disabled,
  className,
}: SelectProps<Value>) {
  return (
    <Base.Root
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      {...(value === undefined ? {} : { value })}
      {...(defaultValue === undefined ? {} : { defaultValue })}
      onValueChange={(next) => next !== null && onValueChange?.(next)}
      name={name}
      disabled={disabled}
      modal={false}
    >
      <Base.Trigger
        aria-label={label}
        className={cx(
          CONTROL_LOOK,
          "flex items-center justify-between gap-2 text-left",
          compact ? "h-[var(--h-compact)] px-2 text-13" : "h-[var(--h-control)] px-3",
          className,
        )}
      >
        <span className="min-w-0 truncate">
          <Base.Value>
            {(current: Value | null) =>
              options.find((option) => option.value === current)?.label ?? (
                <span className="text-ink-3">{placeholder}</span>
              )
            }
          </Base.Value>
        </span>
        <Base.Icon>
          <ChevronDown aria-hidden className="text-ink-3" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-60">
          <Base.Popup
            className={cx(
              POPUP_LOOK,
              "max-h-[min(24rem,var(--available-height))] min-w-[var(--anchor-width)] overflow-y-auto p-1",
            )}
          >
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className={cx(
                  "flex min-h-8 cursor-default items-start gap-2 rounded-chip px-2 py-1.5 text-13 outline-none",
                  "data-disabled:text-ink-3 data-highlighted:bg-hover",
                )}
              >
                <span className="mt-0.5 w-4">
                  <Base.ItemIndicator>
                    <Check aria-hidden />
                  </Base.ItemIndicator>
                </span>
                {option.icon}
                <span className="min-w-0 flex-1">
                  <Base.ItemText>{option.label}</Base.ItemText>
                  {option.description ? <span className="block text-12 text-ink-3">{option.description}</span> : null}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
