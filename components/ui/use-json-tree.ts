"use client";
import { useMemo, useState } from "react";
import {
  CHILDREN_STEP,
  type JsonPath,
  type JsonRoot,
  type JsonRow,
  jsonRows,
  openAtFirst,
  rowId,
  searchJson,
} from "#components/ui/json-rows.ts";

/** What a tree shows and how it changes: rows, the active row, opening and closing. */
export function useJsonTree(roots: readonly JsonRoot[], search: string, levels: number, closed: readonly string[]) {
  const first = useMemo(() => openAtFirst(roots, levels, closed), [roots, levels, closed]);
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [shown, setShown] = useState<ReadonlyMap<string, number>>(new Map());
  const [activeId, setActiveId] = useState<string | null>(null);

  const open = useMemo(() => {
    const now = new Set(first);
    for (const [id, isOpen] of changed)
      if (isOpen) now.add(id);
      else now.delete(id);
    return now;
  }, [first, changed]);
  const hits = useMemo(() => (search.trim() ? searchJson(roots, search.trim()) : null), [roots, search]);
  const rows = useMemo(() => jsonRows(roots, { open, shown }, hits), [roots, open, shown, hits]);
  const activeIndex = Math.max(
    0,
    rows.findIndex((row) => row.id === activeId),
  );

  const setOpen = (ids: readonly string[], isOpen: boolean) =>
    setChanged((before) => new Map([...before, ...ids.map((id) => [id, isOpen] as const)]));
  const showMore = (path: JsonPath) =>
    setShown((before) => new Map(before).set(rowId(path), (before.get(rowId(path)) ?? CHILDREN_STEP) + CHILDREN_STEP));
  return {
    rows,
    hits,
    activeIndex,
    activate: (row: JsonRow | undefined) => row && setActiveId(row.id),
    setOpen,
    showMore,
  };
}

/** The tree's state and verbs. */
export type JsonTreeState = ReturnType<typeof useJsonTree>;
