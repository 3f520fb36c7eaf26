import type { ClipboardEvent, KeyboardEvent } from "react";
import type { BuilderStore } from "#components/builder/builder-store.ts";
import {
  copyStep,
  deleteStep,
  duplicateStep,
  nudgeStep,
  pasteSteps,
  readClip,
  toggleStep,
} from "#components/builder/step-acts.ts";
import { findPlaced, holderOf, placedSteps } from "#lib/engine/edit/step-tree.ts";
import { childLists } from "#lib/engine/flow-definition.ts";

/** What keys ask of the canvas' view. */
export type ViewActs = { zoomIn: () => void; zoomOut: () => void; fit: () => void; full: () => void };

/** Keys on the canvas and in the outline; they never act while text is written. Focus follows the selection. */
export function handleCanvasKey(event: KeyboardEvent, store: BuilderStore, view: ViewActs | null): void {
  const { selection, select, set, definition, toggleFold } = store.getState();
  const order = ["trigger", ...placedSteps(definition).map(({ step }) => step.id)];
  const current = selection.kind === "step" ? selection.id : "trigger";
  const at = order.indexOf(current);
  const stepId = selection.kind === "step" ? selection.id : null;
  const placed = stepId === null ? null : findPlaced(definition, stepId);
  const mod = event.ctrlKey || event.metaKey;
  const go = (id: string | undefined) => {
    if (id === undefined) return;
    select(id === "trigger" ? { kind: "trigger" } : { kind: "step", id });
    focusCard(id);
  };
  const did = () => {
    event.preventDefault();
    event.stopPropagation();
  };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (mod && stepId !== null) {
    if (key === "d") return (did(), duplicateStep(store, stepId));
    if (key === "c") return (did(), void copyStep(store, stepId));
    if (key === "x") {
      did();
      void copyStep(store, stepId).then(() => deleteStep(store, stepId));
      return;
    }
    if (key === "/") return (did(), toggleStep(store, stepId));
  }
  if (mod) return;
  if (event.altKey) {
    if (stepId !== null && (key === "ArrowUp" || key === "ArrowDown")) {
      did();
      nudgeStep(store, stepId, key === "ArrowUp" ? -1 : 1);
      focusCard(stepId);
    }
    return;
  }
  switch (key) {
    case "ArrowDown":
      return (did(), go(selection.kind === "none" ? "trigger" : order[at + 1]));
    case "ArrowUp":
      return (did(), go(order[at - 1]));
    case "ArrowRight":
    case "ArrowLeft":
      return (did(), go(aside(store, key === "ArrowRight" ? 1 : -1)));
    case "Enter":
      // A button beside the cards, such as the + of the outline, is pressed by it.
      if (event.target instanceof Element && event.target.closest("[data-card]") === null && isButton(event.target))
        return;
      if (selection.kind === "none") go(current);
      else focusPanel();
      return did();
    case "Escape":
      if (selection.kind !== "none") {
        did();
        select({ kind: "none" });
        focusCard(current);
      }
      return;
    case "/":
    case "?":
      if (key === "?" && !event.shiftKey) return;
      did();
      if (!placed) return set({ chooser: { list: ["steps"], index: 0 } });
      return set({ chooser: { list: placed.slot.list, index: placed.slot.index + (event.shiftKey ? 0 : 1) } });
    case "Delete":
    case "Backspace":
      if (stepId === null) return;
      did();
      deleteStep(store, stepId);
      return focusSelected(store);
    case "e":
      if (placed && childLists(placed.step).length > 0) {
        did();
        toggleFold(placed.step.id);
      }
      return;
    case "+":
    case "=":
      return (did(), view?.zoomIn());
    case "-":
      return (did(), view?.zoomOut());
    case "0":
      return (did(), view?.fit());
    case "1":
      return (did(), view?.full());
  }
}

function isButton(target: Element): boolean {
  return target.closest("button") !== null;
}

/** Inserts steps from the clipboard after the selected one. */
export function pasteOnCanvas(event: ClipboardEvent, store: BuilderStore): void {
  const steps = readClip(event.clipboardData.getData("text/plain"));
  if (!steps) return;
  event.preventDefault();
  const { selection } = store.getState();
  pasteSteps(store, selection.kind === "step" ? selection.id : null, steps);
}

/** Puts the focus on a card once it is drawn. */
export function focusCard(id: string): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }),
  );
}

function focusSelected(store: BuilderStore): void {
  const { selection } = store.getState();
  focusCard(selection.kind === "step" ? selection.id : "trigger");
}

/** Puts the focus into the first field of the open panel. */
export function focusPanel(): void {
  requestAnimationFrame(() => {
    const panel = document.querySelector("[data-step-panel]");
    panel?.querySelector<HTMLElement>(".cm-content, input, textarea, button[role='combobox'], [tabindex='0']")?.focus();
  });
}

/**
 * The first step of the next or previous way of the branch around the selected step; into or out of it at its edges.
 */
function aside(store: BuilderStore, by: 1 | -1): string | undefined {
  const { definition, selection } = store.getState();
  const placed = selection.kind === "step" ? findPlaced(definition, selection.id) : null;
  if (!placed) return undefined;
  const inside = childLists(placed.step).find(({ steps }) => steps.length > 0);
  if (by === 1 && inside) return inside.steps[0]?.id;
  const holder = holderOf(definition, placed.slot.list)?.step;
  if (!holder) return undefined;
  const ways = childLists(holder).filter(({ steps }) => steps.length > 0);
  const own = ways.findIndex(({ steps }) => steps.some((step) => step.id === placed.step.id));
  return ways[own + by]?.steps[0]?.id ?? (by === -1 ? holder.id : undefined);
}
