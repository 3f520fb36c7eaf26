/** What the page of a run shows of a step that waits for an answer from outside. */
export type AwaitedAnswerView = {
  /** Null for roles that may not read payloads. */
  question: string | null;
  choices: readonly { id: string; name: string }[];
  state:
    | { kind: "open"; dueAt: Date | null }
    /** `choice` and `by` are names; `from` is null where a member answered. */
    | { kind: "answered"; choice: string; by: string; at: Date; from: string | null }
    | { kind: "timed out" | "ended" };
  /** Its links with whose they are, while it waits; empty for roles that may not answer. */
  links: readonly { label: string; url: string }[];
};
