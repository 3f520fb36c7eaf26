"use client";
import { useEffect } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import type { CoverageAnswer } from "#lib/engine/edit/preview-types.ts";

const WAIT_MS = 900;

/**
 * Tries every field of the selected step on the last 20 events, once the visible result has settled; typing is never
 * held up.
 */
export function useCoverage(): void {
  const { store, data } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const selection = useBuilderState((state) => state.selection);
  const { events } = useBuilderState((state) => state.samples);
  const owner = selection.kind === "step" ? selection.id : "trigger";
  const isOpen = selection.kind !== "none";
  useEffect(() => {
    if (!isOpen || events.length < 2) return;
    const abort = new AbortController();
    const ask = async () => {
      const fitting =
        definition.trigger.eventTypes.length === 0
          ? events
          : events.filter(
              (event) => event.eventType !== null && definition.trigger.eventTypes.includes(event.eventType),
            );
      const ids = fitting.map((event) => event.id);
      if (ids.length < 2) return store.getState().set({ coverage: null });
      const question = {
        definition,
        stepId: owner === "trigger" ? null : owner,
        events: ids.map((eventId) => ({ kind: "event", eventId })),
      };
      const response = await fetch("/api/ui/coverage", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ flowId: data.flow.id, question }),
        signal: abort.signal,
      });
      if (response.ok)
        store
          .getState()
          .set({ coverage: { for: owner, answer: (await response.json()) as CoverageAnswer, events: ids } });
    };
    // The strip is extra: when it cannot be had, the visible result is still there.
    const timer = setTimeout(() => void ask().catch(() => store.getState().set({ coverage: null })), WAIT_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [store, data.flow.id, definition, owner, isOpen, events]);
}
