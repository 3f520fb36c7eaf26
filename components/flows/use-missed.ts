"use client";
import { useState } from "react";
import type { SwitchActs } from "#components/flows/missed-acts.ts";
import { type MissedChoice, RUN_NONE } from "#components/flows/missed-choice.ts";
import { type ActionState, useAction } from "#components/ui/use-action.ts";
import type { MissedView } from "#lib/engine/missed-view.ts";

/** What a flow missed, as asked for, with what is chosen of it. */
export type MissedState = {
  missed: MissedView | null;
  choice: MissedChoice;
  choose: (choice: MissedChoice) => void;
  asking: ActionState;
  /** Counts anew; null when the server refused. */
  load: () => Promise<MissedView | null>;
  more: () => Promise<void>;
  clear: () => void;
};

/** Asks what a flow missed, by its live version or by its draft. */
export function useMissed(flowId: string, of: "live" | "draft", acts: Pick<SwitchActs, "missed">): MissedState {
  const [missed, setMissed] = useState<MissedView | null>(null);
  const [choice, choose] = useState(RUN_NONE);
  const asking = useAction("toast");
  return {
    missed,
    choice,
    choose,
    asking,
    async load() {
      choose(RUN_NONE);
      const answer = await asking.run(() => acts.missed(flowId, of));
      const found = answer.kind === "ok" ? answer.value : null;
      setMissed(found);
      return found;
    },
    async more() {
      const last = missed?.events.at(-1);
      if (missed === null || last === undefined) return;
      const answer = await acts.missed(flowId, of, { eventId: last.eventId, itemIndex: last.itemIndex });
      if (answer.kind === "ok") setMissed({ ...missed, events: [...missed.events, ...answer.value.events] });
    },
    clear: () => setMissed(null),
  };
}
