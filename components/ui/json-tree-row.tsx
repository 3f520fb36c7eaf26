"use client";
import type { MouseEvent, ReactNode } from "react";
import { ChevronRight } from "#components/icons.ts";
import { cx } from "#components/ui/cx.ts";
import type { JsonRow } from "#components/ui/json-rows.ts";
import { JsonValue } from "#components/ui/json-value.tsx";
import { momentHint, visibleText } from "#components/ui/visible-text.ts";
import { JsonText } from "#lib/core/json-text.ts";

type JsonTreeRowProps = {
  id: string;
  row: JsonRow;
  top: number;
  active: boolean;
  note?: ReactNode;
  onClick: (event: MouseEvent) => void;
  onToggle: () => void;
};

/** One line of a JsonTree: guides, chevron, key, value, note. Its place is absolute inside the virtual list. */
export function JsonTreeRow({ id, row, top, active, note, onClick, onToggle }: JsonTreeRowProps) {
  const common = {
    id,
    role: "treeitem",
    "aria-level": row.depth + 1,
    onClick,
    style: { top, paddingLeft: row.depth * 16 },
    className: cx(
      "absolute inset-x-0 flex h-7 cursor-pointer items-center pr-2 font-mono text-12 whitespace-nowrap hover:bg-hover",
      active && "group-focus-visible/tree:bg-selected",
      row.kind === "value" && row.hit && "bg-chg-bg",
    ),
  } as const;
  if (row.kind === "more")
    return (
      <div {...common}>
        <Guides depth={row.depth} />
        <span className="pl-6 text-accent-text">
          show {Math.min(50, row.rest)} more of {row.rest.toLocaleString("en")}
        </span>
      </div>
    );
  const hint = momentHint(row.value instanceof JsonText ? row.value.value : row.value);
  const long = typeof row.value === "string" && row.value.length > 120 ? row.value.length : null;
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is treeitem, given above
    <div
      {...common}
      aria-expanded={row.count ? row.open : undefined}
      aria-setsize={row.siblings}
      aria-posinset={row.place}
    >
      <Guides depth={row.depth} />
      {row.count ? (
        // biome-ignore lint/a11y/useKeyWithClickEvents: → and ← do the same on the tree
        // biome-ignore lint/a11y/noStaticElementInteractions: the row is the interactive element, this is its mark
        <span
          className="flex h-7 w-6 shrink-0 items-center justify-center text-ink-3"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <ChevronRight
            aria-hidden
            className={cx("size-3 transition-transform duration-[120ms]", row.open && "rotate-90")}
          />
        </span>
      ) : (
        <span className="w-6 shrink-0" />
      )}
      <span className={cx(row.root ? "font-sans text-13 font-medium text-ink" : "text-j-key")}>
        {visibleText(row.label)}
      </span>
      <span className="ml-2 max-w-[60ch] min-w-8 truncate">
        <JsonValue value={row.value} />
      </span>
      {hint ? <span className="ml-2 min-w-0 shrink-[999] truncate text-ink-3">= {hint}</span> : null}
      {long ? (
        <span className="ml-2 min-w-0 shrink-[999] truncate text-ink-3">{long.toLocaleString("en")} characters</span>
      ) : null}
      {row.root?.note ? (
        <span className="ml-2 min-w-0 shrink-[99] truncate font-sans text-ink-3">{row.root.note}</span>
      ) : null}
      {note ? <span className="ml-auto pl-3 font-sans text-ink-3">{note}</span> : null}
    </div>
  );
}

function Guides({ depth }: { depth: number }) {
  return (
    <>
      {Array.from({ length: depth }, (_, level) => (
        <span
          key={`guide-${level + 1}`}
          aria-hidden
          className="absolute inset-y-0 w-px bg-line"
          style={{ left: level * 16 + 11 }}
        />
      ))}
    </>
  );
}
