"use client";
import { useRef, useState } from "react";
import { askServer } from "#components/ui/ask-server.ts";
import { showToast } from "#components/ui/show-toast.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

type Refused = Extract<ActionResult<never>, { kind: "refused" }>;

/** How a button's command stands: under way, and what came of it when it did not happen. */
export type ActionState = {
  pending: boolean;
  /** One sentence: the first wrong field's, else the whole's; null when nothing is wrong. */
  problem: string | null;
  /** The whole's sentence, where no field is wrong. */
  refusal: string | null;
  /** What is wrong, by field. */
  errors: Readonly<Record<string, string>>;
  clear(): void;
  /**
   * Asks the server, once at a time: a second press while it is under way is not sent. Never throws: a lost connection
   * and an ended session are refusals too.
   */
  run<Value>(ask: () => Promise<ActionResult<Value>>): Promise<ActionResult<Value>>;
};

/**
 * The way from a button to a command. `refusals` says where a refusal is told: by the component, which shows `problem`
 * or
 * `errors`, or in a toast, where the button has no place of its own for it.
 */
export function useAction(refusals: "here" | "toast" = "here"): ActionState {
  const [pending, setPending] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const busy = useRef(false);
  const run = async <Value>(ask: () => Promise<ActionResult<Value>>): Promise<ActionResult<Value>> => {
    if (busy.current) return { kind: "refused", code: "busy", message: "This is already under way.", problems: [] };
    busy.current = true;
    setPending(true);
    setRefused(null);
    const result = await askServer(ask);
    busy.current = false;
    setPending(false);
    if (result.kind === "refused") {
      if (refusals === "here") setRefused(result);
      else showToast("That did not work", { description: sentenceOf(result), tone: "bad" });
    }
    return result;
  };
  return {
    pending,
    problem: refused === null ? null : sentenceOf(refused),
    refusal: refused !== null && refused.problems.length === 0 ? refused.message : null,
    errors: Object.fromEntries(refused?.problems.map(({ field, message }) => [field, message]) ?? []),
    clear: () => setRefused(null),
    run,
  };
}

function sentenceOf(refused: Refused): string {
  return refused.problems[0]?.message ?? refused.message;
}
