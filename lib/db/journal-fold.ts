import { isOpenStep } from "#lib/core/states.ts";
import { type OpenStepsEnd, readPart, type VersionChange } from "#lib/db/journal-part.ts";
import { type AttemptRow, attemptKey, type DataRow, type StepRow } from "#lib/engine/journal-rows.ts";
import { endWithRun } from "#lib/engine/step-results.ts";

/**
 * A part as it was read; `data` is null where the values' texts were not asked for. `writtenAt` is the database's time.
 */
export type KeptPart = {
  number: number;
  writtenAt: Date;
  rows: string;
  data: string | null;
  sealed: Uint8Array | null;
};

/** The newest row of a step, and the moment of its next try. */
export type KeptStep = { row: StepRow; nextAttemptAt: Date | null };

/** The newest row of a try, and the moment of the one after it. */
export type KeptTry = { row: AttemptRow; retryAt: Date | null };

/** What the parts of one run come to: steps by path, their tries in order, and the values that lie in the parts. */
export type KeptJournal = {
  steps: Map<string, KeptStep>;
  tries: Map<string, KeptTry[]>;
  values: Map<string, DataRow>;
  /** The versions it went on with, oldest first. */
  versions: (VersionChange & { at: Date })[];
  /** The number of the last part; 0 without any. */
  last: number;
};

/** Reads the parts of one run, oldest first: what was written later counts. */
export function foldJournal(parts: readonly KeptPart[]): KeptJournal {
  const steps = new Map<string, KeptStep>();
  const tries = new Map<string, KeptTry>();
  const values = new Map<string, DataRow>();
  const versions: KeptJournal["versions"] = [];
  for (const part of parts) {
    const content = readPart(part);
    const forgotten = new Set(content.forget);
    for (const path of forgotten) steps.delete(path);
    if (forgotten.size > 0) for (const [key, { row }] of tries) if (forgotten.has(row.path)) tries.delete(key);
    if (content.version !== null) versions.push({ ...content.version, at: part.writtenAt });
    const later = (ms: number | null) => (ms === null ? null : new Date(part.writtenAt.getTime() + ms));
    for (const row of content.steps) steps.set(row.path, { row, nextAttemptAt: later(row.nextAttemptInMs) });
    for (const row of content.attempts) tries.set(attemptKey(row), { row, retryAt: later(row.retryInMs) });
    for (const value of content.values) values.set(value.id, value);
    if (content.ends !== null) for (const step of steps.values()) endOpenStep(step, content.ends, part.writtenAt);
  }
  const inOrder = [...tries.values()].sort((a, b) => a.row.number - b.row.number);
  return {
    steps,
    tries: Map.groupBy(inOrder, ({ row }) => row.path),
    values,
    versions,
    last: parts.at(-1)?.number ?? 0,
  };
}

function endOpenStep(step: KeptStep, ends: OpenStepsEnd, at: Date): void {
  if (!isOpenStep(step.row.status)) return;
  step.nextAttemptAt = null;
  if (ends === "run-ended") return endWithRun(step.row, at);
  Object.assign(step.row, { status: "canceled", nextAttemptInMs: null, finishedAt: at } satisfies Partial<StepRow>);
}
