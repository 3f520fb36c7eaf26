import type { StepFate, StepMove } from "#lib/engine/move-run.ts";

/** What a step's fate means to a person; `version` is the number of the version that the run goes on with. */
export function describeMove({ fate, moved, times }: Omit<StepMove, "stepId" | "name">, version: number): string {
  const places = times > 1 ? ` ${times.toLocaleString("en")} items.` : "";
  const elsewhere = moved && fate !== "anew" ? " It stands elsewhere now." : "";
  return `${WORDS[fate].replaceAll("@", `v${version}`)}${elsewhere}${places}`;
}

const WORDS: Record<StepFate, string> = {
  kept: "Done: its answer stays, and it is not run again.",
  again: "Runs again as @ says, with the same key.",
  asked: "May have happened: what was planned then is asked about, or sent again with the same key.",
  anew: "Of another kind or in another loop in @: runs as if it never had. What it did is not undone.",
  new: "New in @: runs when the run gets there.",
  passed: "New in @, but the loop around it is done: not run.",
  removed: "Not in @: not run. What it did stays in the run's history.",
  ahead: "Not come to yet: runs as @ says when the run gets there.",
};
