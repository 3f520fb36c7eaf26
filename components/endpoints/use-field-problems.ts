"use client";
import { type RefObject, useEffect, useState } from "react";
import type { ActionResult } from "#lib/core/action-result.ts";

type Refused = Extract<ActionResult<never>, { kind: "refused" }>;
type Shown = { errors: Readonly<Record<string, string>>; refusal: string };

const NONE: Readonly<Record<string, string>> = {};
const MARKED = '[data-invalid], [aria-invalid="true"], [data-problem]';
const CONTROL = "input:not([type=hidden]), textarea, button, [role=textbox], [tabindex='0']";

/**
 * What was wrong with the last try to save, by field; the first of them gets the cursor, wherever it is folded away.
 */
export function useFieldProblems(whole: RefObject<HTMLElement | null>) {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    if (shown !== null && Object.keys(shown.errors).length > 0) focusFirst(whole.current);
  }, [shown, whole]);
  return {
    errors: shown?.errors ?? NONE,
    /** One sentence for the whole; null when nothing is wrong. */
    refusal: shown?.refusal ?? null,
    clear: () => setShown(null),
    /** Returns the sentence, for a dialog that shows it too. */
    show: (result: Refused): string => {
      const errors = Object.fromEntries(
        result.problems.map(({ field, message }) => [field.replace(/^settings\./, ""), message]),
      );
      const count = Object.keys(errors).length;
      const refusal = count === 0 ? result.message : `${count === 1 ? "1 field needs" : `${count} fields need`} a look`;
      setShown({ errors, refusal });
      return count === 0 ? result.message : result.problems.map(({ message }) => message).join(" ");
    },
  };
}

function focusFirst(whole: HTMLElement | null): void {
  const marked = whole?.querySelector<HTMLElement>(MARKED);
  if (!marked) return;
  marked.closest("details")?.setAttribute("open", "");
  const control = marked.matches(CONTROL) ? marked : marked.querySelector<HTMLElement>(CONTROL);
  control?.focus({ preventScroll: true });
  (control ?? marked).scrollIntoView({ block: "center" });
}
