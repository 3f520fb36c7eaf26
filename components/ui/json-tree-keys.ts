import type { KeyboardEvent } from "react";
import { type JsonRow, rowId } from "#components/ui/json-rows.ts";
import type { JsonTreeState } from "#components/ui/use-json-tree.ts";

type ValueRow = Extract<JsonRow, { kind: "value" }>;

/** What a tree can be asked for by key, besides moving. */
export type JsonTreeActs = {
  pick?: (row: ValueRow, withMenu: boolean) => void;
  copyValue: (row: ValueRow) => void;
  copyPath: (row: ValueRow) => void;
};

/** Moves, opens, closes and acts as the ARIA tree pattern says; single keys act only here. */
export function handleTreeKey(event: KeyboardEvent, tree: JsonTreeState, acts: JsonTreeActs): void {
  const row = tree.rows[tree.activeIndex];
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const go = (index: number) => tree.activate(tree.rows[Math.min(Math.max(index, 0), tree.rows.length - 1)]);
  const done = () => event.preventDefault();
  switch (event.key) {
    case "ArrowDown":
      go(tree.activeIndex + 1);
      return done();
    case "ArrowUp":
      go(tree.activeIndex - 1);
      return done();
    case "Home":
      go(0);
      return done();
    case "End":
      go(tree.rows.length - 1);
      return done();
    case "PageDown":
      go(tree.activeIndex + 10);
      return done();
    case "PageUp":
      go(tree.activeIndex - 10);
      return done();
    case "ArrowRight":
      if (row.kind === "value" && row.count) {
        if (row.open) go(tree.activeIndex + 1);
        else tree.setOpen([row.id], true);
      }
      return done();
    case "ArrowLeft":
      if (row.kind === "value" && row.open) tree.setOpen([row.id], false);
      else if (row.path.length > 0)
        go(tree.rows.findIndex((other) => other.id === rowId(row.kind === "more" ? row.path : row.path.slice(0, -1))));
      return done();
    case "*":
      tree.setOpen(
        tree.rows.flatMap((other) =>
          other.kind === "value" && other.depth === row.depth && other.count ? [other.id] : [],
        ),
        true,
      );
      return done();
    case "Enter":
    case " ":
      if (row.kind === "more") tree.showMore(row.path);
      else if (acts.pick) acts.pick(row, event.shiftKey);
      else if (row.count) tree.setOpen([row.id], !row.open);
      return done();
  }
  if (row.kind !== "value") return;
  if (event.key === "c") return acts.copyValue(row);
  if (event.key === "p") return acts.copyPath(row);
  if (event.key.length === 1) typeAhead(event.key, tree);
}

function typeAhead(sign: string, tree: JsonTreeState): void {
  const folded = sign.toLocaleLowerCase("en");
  const order = [...tree.rows.slice(tree.activeIndex + 1), ...tree.rows.slice(0, tree.activeIndex)];
  tree.activate(order.find((row) => row.kind === "value" && row.label.toLocaleLowerCase("en").startsWith(folded)));
}
