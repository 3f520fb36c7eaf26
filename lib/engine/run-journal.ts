import { type Written, writeJson } from "#lib/core/json-text.ts";
import { isOpenStep } from "#lib/core/states.ts";
import type { Effect } from "#lib/engine/effect.ts";
import {
  type AttemptRow,
  attemptKey,
  type DataRow,
  type JournalWrite,
  type RunChange,
  type SavedStep,
  type StepRow,
} from "#lib/engine/journal-rows.ts";
import type { RunPorts } from "#lib/engine/run-ports.ts";
import { endWithRun } from "#lib/engine/step-results.ts";

/**
 * What one worker knows and has yet to write of one run. Facts are collected and written together: at the latest right
 * before the next effect, and with the run's end; so a run of one effect costs two writes.
 */
export type RunJournal = ReturnType<typeof createRunJournal>;

/** Starts a journal over what earlier workers saved. */
export function createRunJournal(ports: RunPorts, saved: readonly SavedStep[]) {
  const savedByPath = new Map(saved.map((step) => [step.row.path, step]));
  const rows = new Map(saved.map(({ row }) => [row.path, row]));
  const open = new Map(saved.flatMap(({ row }) => (isOpenStep(row.status) ? [[row.path, row] as const] : [])));
  let steps = new Map<string, StepRow>();
  let attempts = new Map<string, AttemptRow>();
  let data: DataRow[] = [];
  let progress = false;
  let name: string | null = null;
  let writing: Promise<void> = Promise.resolve();

  /** A copy with an error's words as they may be shown: they can quote what a step was given. */
  function shown<Row extends { errorMessage: string | null }>(row: Row): Row {
    return { ...row, errorMessage: row.errorMessage === null ? null : ports.concealText(row.errorMessage) };
  }

  /** Writes everything collected so far; writes of one run never overlap. */
  function write(change: RunChange): Promise<void> {
    writing = writing.then(() => {
      const batch: JournalWrite = {
        // Copies: rows go on changing while the write is under way.
        steps: [...steps.values()].map(shown),
        attempts: [...attempts.values()].map(shown),
        data,
        run: change.kind === "hold" ? { ...change, progress, name } : { ...shown(change), name },
      };
      steps = new Map();
      attempts = new Map();
      data = [];
      progress = false;
      if (change.kind === "hold" && batch.steps.length === 0 && batch.attempts.length === 0) return;
      name = null;
      return ports.write(batch);
    });
    return writing;
  }

  return {
    find: (path: string): SavedStep | null => savedByPath.get(path) ?? null,
    isFresh: () => savedByPath.size === 0,
    setName(value: string): void {
      name = ports.concealText(value);
    },
    /** Takes a step's row into the next write. */
    record(row: StepRow): void {
      rows.set(row.path, row);
      steps.set(row.path, row);
      if (isOpenStep(row.status)) open.set(row.path, row);
      else open.delete(row.path);
      if (row.finishedAt !== null) progress = true;
    },
    /** A step's row as it was last recorded, here or by an earlier worker. */
    rowAt: (path: string): StepRow | null => rows.get(path) ?? null,
    /** Ends the open steps inside a step that the run leaves for good. */
    endWithin(path: string): void {
      for (const row of open.values()) {
        if (!row.path.startsWith(`${path}/`)) continue;
        endWithRun(row, ports.now(), "The step around it failed before this one was done.");
        steps.set(row.path, row);
        open.delete(row.path);
      }
    },
    recordAttempt(row: AttemptRow): void {
      attempts.set(attemptKey(row), row);
    },
    /** An effect was performed to its end here: the run got further, whatever the outcome. */
    noteProgress(): void {
      progress = true;
    },
    /** Keeps a value and returns its id. */
    keep(kind: DataRow["kind"], value: Written | Effect): string {
      const id = ports.newId(ports.now());
      const kept = ports.conceal(id, writeJson(value));
      // Nothing goes on from an answer: what is shown is all that is needed.
      data.push({ id, kind, json: kept.json, sealed: kind === "answer" ? null : kept.sealed });
      return id;
    },
    flush: () => write({ kind: "hold", name: null, progress: false }),
    /** Writes how the run goes on or ended; no step of an ended run stays open. */
    close(change: Exclude<RunChange, { kind: "hold" }>): Promise<void> {
      if (change.kind === "finish")
        for (const row of open.values()) {
          endWithRun(row, ports.now());
          steps.set(row.path, row);
        }
      return write(change);
    },
  };
}
