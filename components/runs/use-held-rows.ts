"use client";
import { useEffect, useState } from "react";

type Keyed = { id: string };

/**
 * Rows that never move under the reader: while `hold` says so, newer rows wait (their number is `waiting`) and the
 * shown ones only change in place. `rows` are newest first, their ids in time order.
 */
export function useHeldRows<Row extends Keyed>(
  rows: readonly Row[],
  hold: boolean,
): { shown: readonly Row[]; waiting: number; release: () => void } {
  const [kept, setKept] = useState(rows);
  const newest = kept[0]?.id ?? "";
  const arrived = rows.filter((row) => row.id > newest).length;
  const holds = hold && arrived > 0 && kept.length > 0;
  useEffect(() => {
    if (!holds) setKept(rows);
  }, [holds, rows]);
  if (!holds) return { shown: rows, waiting: 0, release: () => undefined };
  const fresh = new Map(rows.map((row) => [row.id, row]));
  return { shown: kept.map((row) => fresh.get(row.id) ?? row), waiting: arrived, release: () => setKept(rows) };
}
