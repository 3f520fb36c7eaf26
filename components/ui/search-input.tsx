"use client";
import type { ComponentProps } from "react";
import { Search, X } from "#components/icons.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";

type SearchInputProps = Omit<ComponentProps<typeof Input>, "value" | "onValueChange"> & {
  label: string;
  value: string;
  onValueChange: (value: string) => void;
};

/** A filter box: magnifier, text, a button that clears; Esc clears too. */
export function SearchInput({ label, value, onValueChange, placeholder = label, ...rest }: SearchInputProps) {
  return (
    <div className="relative min-w-0">
      <Search aria-hidden className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-ink-3" />
      <Input
        compact
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={placeholder}
        className="px-8"
        value={value}
        onValueChange={(next) => onValueChange(next)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value) {
            event.stopPropagation();
            onValueChange("");
          }
        }}
        {...rest}
      />
      {value ? (
        <Button
          variant="quiet"
          size="compact"
          aria-label="Clear"
          className="absolute top-0.5 right-0.5 h-6 w-6 px-0"
          onClick={() => onValueChange("")}
        >
          <X aria-hidden />
        </Button>
      ) : null}
    </div>
  );
}
