/** A stored event or request to run by hand; `itemIndex` is one item of a split event, null = each new one. */
export type ByHandSource = { kind: "event" | "request"; id: string; itemIndex: number | null };

/** A flow that can run something by hand: it has a live version, and is on or off. */
export type RunnableFlow = { id: string; name: string; version: number; on: boolean };

/** What a run by hand would do, step by step; nothing was done. */
export type ByHandPreview = {
  version: number;
  /** What the trigger's filter says of it; null without one. */
  filter: "wants it" | "does not want it" | "fails" | null;
  /** One line for each step: what it would do, or why it would stop. */
  steps: { id: string; name: string; line: string; problem: string | null }[];
};
