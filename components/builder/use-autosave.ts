"use client";
import { useCallback, useEffect, useRef } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import { bySeverity } from "#components/builder/builder-store.ts";
import { askServer } from "#components/ui/ask-server.ts";

const WAIT_MS = 800;
const RETRY_MS = 2_000;

/**
 * Saves the draft 800 ms after the last change and on leaving; tries again every 2 s while the server does not answer.
 * After a conflict nothing is saved until the person has chosen. Returns "save now".
 */
export function useAutosave(): () => Promise<void> {
  const { store, data, acts } = useBuilder();
  const kind = useBuilderState((state) => state.save.kind);
  const definition = useBuilderState((state) => state.definition);
  const saving = useRef<Promise<void> | null>(null);

  const saveNow = useCallback(async (): Promise<void> => {
    if (saving.current) await saving.current;
    const before = store.getState();
    if (before.save.kind !== "changed" && before.save.kind !== "failed") return;
    const run = async () => {
      before.set({ save: { kind: "saving" } });
      const answer = await askServer(() => acts.save(data.flow.id, before.definition, before.revision));
      if (answer.kind === "refused") return before.set({ save: { kind: "failed", reason: answer.message } });
      const saved = answer.value;
      if (saved.kind === "conflict") return before.set({ save: saved });
      const unchanged = store.getState().definition === before.definition;
      before.set({
        revision: saved.revision,
        ...bySeverity(saved.problems),
        save: unchanged ? { kind: "saved", at: saved.savedAt } : { kind: "changed" },
      });
    };
    saving.current = run();
    await saving.current;
    saving.current = null;
  }, [store, data.flow.id, acts]);

  useEffect(() => {
    if (kind !== "changed" && kind !== "failed") return;
    void definition;
    const timer = setTimeout(saveNow, kind === "failed" ? RETRY_MS : WAIT_MS);
    return () => clearTimeout(timer);
  }, [kind, definition, saveNow]);

  useEffect(() => {
    const leave = (event: BeforeUnloadEvent) => {
      const { save } = store.getState();
      if (save.kind === "saved") return;
      void saveNow();
      event.preventDefault();
    };
    const hide = () => document.visibilityState === "hidden" && void saveNow();
    window.addEventListener("beforeunload", leave);
    document.addEventListener("visibilitychange", hide);
    return () => {
      window.removeEventListener("beforeunload", leave);
      document.removeEventListener("visibilitychange", hide);
      void saveNow();
    };
  }, [store, saveNow]);
  return saveNow;
}
