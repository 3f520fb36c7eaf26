import { readFileSync } from "node:fs";

/** One attack: its class in the acceptance plan, and the outcomes that are right (a kind, or `error:<code>`). */
export type HostileExpression = { id: string; class: string; source: string; input: unknown; expect: string[] };

type Repeated = [text: string, times: number][];
type Stored = {
  id: string;
  class: string;
  source?: string;
  parts?: Repeated;
  input?: unknown;
  inputText?: Repeated;
  expect: string[];
};

/** The hostile expressions of tests/fixtures; long ones are stored as repeated parts. */
export function readHostileExpressions(): HostileExpression[] {
  const file = new URL("../fixtures/hostile-expressions.json", import.meta.url);
  const { expressions } = JSON.parse(readFileSync(file, "utf8")) as { expressions: Stored[] };
  return expressions.map((stored) => ({
    id: stored.id,
    class: stored.class,
    source: stored.source ?? unfold(stored.parts ?? []),
    input: stored.inputText === undefined ? (stored.input ?? {}) : { text: unfold(stored.inputText) },
    expect: stored.expect,
  }));
}

function unfold(parts: Repeated): string {
  return parts.map(([text, times]) => text.repeat(times)).join("");
}
