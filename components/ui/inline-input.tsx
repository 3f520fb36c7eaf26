"use client";
import { useState } from "react";
import { cx } from "#components/ui/cx.ts";

/** A name that is edited where it stands: Enter or leaving commits, Esc takes back; blank is never committed. */
export function InlineInput({
  label,
  value,
  readOnly = false,
  onCommit,
  className,
  maxLength = 120,
}: {
  label: string;
  value: string;
  readOnly?: boolean;
  onCommit: (value: string) => void;
  className?: string;
  maxLength?: number;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const finish = () => {
    const next = draft?.trim() ?? "";
    setDraft(null);
    if (next !== "" && next !== value) onCommit(next);
  };
  return (
    <input
      aria-label={label}
      className={cx(
        "min-w-0 truncate rounded-chip border border-transparent bg-transparent px-1 outline-offset-1 " +
          "hover:border-line-strong focus:border-line-strong focus-visible:outline-2 focus-visible:outline-focus " +
          "read-only:hover:border-transparent",
        className,
      )}
      value={draft ?? value}
      readOnly={readOnly}
      maxLength={maxLength}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape" && draft !== null) {
          event.stopPropagation();
          setDraft(null);
        }
      }}
    />
  );
}
