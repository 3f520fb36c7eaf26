"use client";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type ReactNode, useEffect, useId, useMemo, useRef } from "react";
import { copyText } from "#components/ui/copy-text.ts";
import { cx } from "#components/ui/cx.ts";
import { childrenOf, type JsonRoot, type JsonRow, readLeaf } from "#components/ui/json-rows.ts";
import { handleTreeKey } from "#components/ui/json-tree-keys.ts";
import { JsonTreeRow } from "#components/ui/json-tree-row.tsx";
import { showToast } from "#components/ui/show-toast.ts";
import { useJsonTree } from "#components/ui/use-json-tree.ts";
import type { Json } from "#lib/core/json.ts";
import { JsonText, type Written, writeJson } from "#lib/core/json-text.ts";
import { prettyJson } from "#lib/core/pretty-json.ts";

const ROW_HEIGHT = 28;
const NONE: readonly string[] = [];

/** A row that stands for a value. */
export type JsonTreeValueRow = Extract<JsonRow, { kind: "value" }>;

type JsonTreeProps = {
  label: string;
  /**
   * The value to show; or `json`, its text, where every digit counts; or `roots` for several entries with own labels.
   */
  value?: Json;
  json?: string;
  roots?: readonly JsonRoot[];
  search?: string;
  levels?: number;
  /** Keys that stay closed at first, such as headers; give it one list for the tree's life. */
  closed?: readonly string[];
  /** A click or Enter on a value. Without it a click opens and closes. `at` is where a menu may open. */
  onPick?: (row: JsonTreeValueRow, withMenu: boolean, at: Element | null) => void;
  /** Text of a path as copied by `p`; dotted by default. */
  pathText?: (path: readonly (string | number)[]) => string;
  note?: (row: JsonTreeValueRow) => ReactNode;
  className?: string;
};

/**
 * A JSON value as an ARIA tree: virtualised, searchable, keyboard-driven (↑↓ → ← Home End * type-ahead, c copies the
 * value, p the path).
 */
export function JsonTree({
  label,
  value,
  json,
  roots,
  search = "",
  levels = 2,
  closed = NONE,
  onPick,
  pathText = (path) => path.join("."),
  note,
  className,
}: JsonTreeProps) {
  const treeId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const entries = useMemo(
    () => roots ?? rootsOf(json === undefined ? (value ?? null) : readLeaf(new JsonText(json))),
    [roots, value, json],
  );
  const tree = useJsonTree(entries, search, roots ? levels : levels - 1, closed);
  const virtual = useVirtualizer({
    count: tree.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 400, height: 400 },
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), Math.min(tree.activeIndex, tree.rows.length - 1)])]
        .filter((index) => index >= 0)
        .sort((a, b) => a - b),
  });
  const active = tree.rows[tree.activeIndex];
  const activeId = active?.id;
  useEffect(() => {
    if (activeId !== undefined && document.activeElement === scroller.current) virtual.scrollToIndex(tree.activeIndex);
  }, [activeId, tree.activeIndex, virtual]);

  const copy = async (text: string, what: string) =>
    showToast((await copyText(text)) ? `${what} copied` : "The browser did not allow copying");
  const domId = (index: number) => `${treeId}-${index}`;
  const elementOf = (index: number) => document.getElementById(domId(index));
  const acts = {
    pick: onPick
      ? (row: JsonTreeValueRow, withMenu: boolean) => onPick(row, withMenu, elementOf(tree.activeIndex))
      : undefined,
    copyValue: (row: JsonTreeValueRow) =>
      copy(typeof row.value === "string" ? row.value : (prettyJson(writeJson(row.value)) ?? ""), "Value"),
    copyPath: (row: JsonTreeValueRow) => copy(pathText(row.path), "Path"),
  };
  const click = (row: JsonRow, event: MouseEvent) => {
    tree.activate(row);
    if (row.kind === "more") tree.showMore(row.path);
    else if (onPick) onPick(row, event.shiftKey, event.currentTarget);
    else if (row.count) tree.setOpen([row.id], !row.open);
  };
  if (tree.rows.length === 0)
    return <p className="px-3 py-2 text-13 text-ink-3">{search ? `Nothing matches "${search}".` : "Empty."}</p>;
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={active ? domId(tree.activeIndex) : undefined}
      onKeyDown={(event) => handleTreeKey(event, tree, acts)}
      className={cx("group/tree max-h-[480px] min-h-0 overflow-auto rounded-control outline-offset-[-2px]", className)}
    >
      <div className="relative w-full min-w-max" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = tree.rows[item.index];
          if (!row) return null;
          return (
            <JsonTreeRow
              key={row.id}
              id={domId(item.index)}
              row={row}
              top={item.start}
              active={item.index === tree.activeIndex}
              note={row.kind === "value" ? note?.(row) : undefined}
              onClick={(event) => click(row, event)}
              onToggle={() => row.kind === "value" && tree.setOpen([row.id], !row.open)}
            />
          );
        })}
      </div>
    </div>
  );
}

function rootsOf(value: Written): JsonRoot[] {
  const children = childrenOf(value);
  if (children === null) return [{ label: "value", path: [], value }];
  return children.map(([key, child]) => ({ label: String(key), path: [key], value: child }));
}
