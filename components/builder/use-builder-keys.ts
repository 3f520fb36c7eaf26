"use client";
import { useEffect } from "react";
import { useBuilder } from "#components/builder/builder-context.tsx";
import type { BuilderStore } from "#components/builder/builder-store.ts";
import { walkProblems } from "#components/builder/walk-problems.ts";
import { isTyping } from "#components/shell/shortcuts.ts";
import { showToast } from "#components/ui/show-toast.ts";

/** Keys that act anywhere in the builder: undo and redo outside of text, save, walking through what is to fix. */
export function useBuilderKeys(saveNow: () => Promise<void>): void {
  const { store } = useBuilder();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const mod = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (mod && key === "s") {
        event.preventDefault();
        if (store.getState().save.kind === "saved") showToast("Already saved");
        else void saveNow();
      } else if (event.key === "F8") {
        event.preventDefault();
        walkProblems(store, event.shiftKey ? -1 : 1);
      } else if (!mod && !isTyping(event.target) && (key === "[" || key === "]")) {
        event.preventDefault();
        stepSample(store, key === "[" ? -1 : 1);
      } else if (mod && !isTyping(event.target) && (key === "z" || key === "y")) {
        event.preventDefault();
        const isRedo = key === "y" || event.shiftKey;
        const label = isRedo ? store.getState().redo() : store.getState().undo();
        if (label !== null) showToast(`${isRedo ? "Redone" : "Undone"}: ${label}`, { timeoutMs: 2_000 });
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [store, saveNow]);
}

/** Makes the next newer (-1) or older (1) event the sample; stays at the ends. */
function stepSample(store: BuilderStore, by: -1 | 1): void {
  const { sample, samples, set } = store.getState();
  const at = samples.events.findIndex((event) => sample?.kind === "event" && event.id === sample.eventId);
  const next = samples.events[at + by];
  if (next) set({ sample: { kind: "event", eventId: next.id } });
}
