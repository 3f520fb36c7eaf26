"use client";
import { useEffect, useRef } from "react";
import { useBuilder, useBuilderState } from "#components/builder/builder-context.tsx";
import type { PreviewQuestion } from "#lib/engine/edit/preview-question.ts";
import type { PreviewAnswer } from "#lib/engine/edit/preview-types.ts";
import { placedSteps } from "#lib/engine/edit/step-tree.ts";

const WAIT_MS = 120;
const UPDATING_AFTER_MS = 300;
const CARDS_STEPS_MAX = 40;

/**
 * Keeps the results of the selected step live: asks 120 ms after the last change, at most one question at a time; the
 * old answer stays until the new one is there, late answers are dropped.
 */
export function usePreview(): void {
  const { store, data } = useBuilder();
  const definition = useBuilderState((state) => state.definition);
  const sample = useBuilderState((state) => state.sample);
  const selection = useBuilderState((state) => state.selection);
  const stepId = selection.kind === "step" ? selection.id : null;
  const flying = useRef<{ abort: AbortController; number: number }>({ abort: new AbortController(), number: 0 });

  useEffect(() => {
    const number = flying.current.number + 1;
    flying.current.number = number;
    const steps = placedSteps(definition);
    if (stepId !== null && !steps.some(({ step }) => step.id === stepId)) return;
    const ask = async () => {
      flying.current.abort.abort();
      const abort = new AbortController();
      flying.current.abort = abort;
      const slow = setTimeout(() => store.getState().set({ updating: true }), UPDATING_AFTER_MS);
      const question: PreviewQuestion = {
        definition,
        sample,
        stepId,
        wants: { scope: true, effect: true, cards: steps.length <= CARDS_STEPS_MAX },
      };
      try {
        const response = await fetch("/api/ui/preview", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ flowId: data.flow.id, question }),
          signal: abort.signal,
        });
        const body: unknown = await response.json();
        if (flying.current.number !== number) return;
        if (!response.ok) {
          store
            .getState()
            .set({ previewError: (body as { message?: string }).message ?? `The server answered ${response.status}.` });
          return;
        }
        const answer = body as PreviewAnswer;
        store.getState().set({
          preview: { for: stepId ?? "trigger", answer },
          previewError: null,
          cards: answer.cards ?? store.getState().cards,
        });
      } catch (error) {
        if (!(error instanceof DOMException && error.name === "AbortError"))
          store.getState().set({ previewError: "The server did not answer. This is the last result." });
      } finally {
        clearTimeout(slow);
        if (flying.current.number === number) store.getState().set({ updating: false });
      }
    };
    const timer = setTimeout(ask, WAIT_MS);
    return () => clearTimeout(timer);
  }, [store, data.flow.id, definition, sample, stepId]);
}
