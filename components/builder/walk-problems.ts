import type { BuilderStore } from "#components/builder/builder-store.ts";
import { focusPanel } from "#components/builder/canvas-keys.ts";

/** Goes to the next (1) or previous (-1) thing to fix: selects its step and shows its fields' errors. */
export function walkProblems(store: BuilderStore, by: 1 | -1): void {
  const { problems, selection, select, set } = store.getState();
  const owners = [...new Set(problems.map((problem) => problem.stepId))];
  if (owners.length === 0) return;
  const current = selection.kind === "step" ? selection.id : selection.kind === "trigger" ? null : undefined;
  const at = current === undefined ? (by === 1 ? -1 : 0) : owners.indexOf(current);
  const next = owners[(at + by + owners.length) % owners.length] ?? null;
  set({ allTouched: true });
  select(next === null ? { kind: "trigger" } : { kind: "step", id: next });
  focusPanel();
}
