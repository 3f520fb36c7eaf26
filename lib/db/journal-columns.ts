import {
  booleanArray,
  bytesArray,
  floatArray,
  intArray,
  textArray,
  timeArray,
  uuidArray,
} from "#lib/db/binary-array.ts";
import { attemptKey, type JournalWrite } from "#lib/engine/journal-rows.ts";

/** A run as its worker holds it: only under this token, and only in its workspace, may it be written. */
export type HeldRun = { readonly id: string; readonly leaseToken: string; readonly workspaceId: string };

/**
 * One run's write with the lease that allows it. `tries` is how often the run was taken up since it last got further;
 * `again`: it was sent before, and its answer got lost.
 */
export type FencedWrite = { held: HeldRun; write: JournalWrite; tries: number; again: boolean };

/** The batch as columns, in the order of the statement's parameters: its runs, then rows that name theirs by place. */
export function columnsOf(list: readonly FencedWrite[]): Buffer[] {
  const runs = list.map(runOf);
  const data = list.flatMap(({ write }, index) => write.data.map((row) => ({ at: index + 1, row })));
  const steps = list.flatMap(({ write }, index) => write.steps.map((row) => ({ at: index + 1, row })));
  const tries = list.flatMap(({ write }, index) => write.attempts.map((row) => ({ at: index + 1, row })));
  const isKnown = (at: number, key: string) => list[at - 1]?.write.known.has(key) === true;
  return [
    uuidArray(list.map(({ held }) => held.id)),
    uuidArray(list.map(({ held }) => held.leaseToken)),
    uuidArray(list.map(({ held }) => held.workspaceId)),
    textArray(runs.map((r) => r.mode)),
    textArray(runs.map((r) => r.status)),
    textArray(runs.map((r) => keepable(r.name))),
    textArray(runs.map((r) => keepable(r.errorCode))),
    textArray(runs.map((r) => keepable(r.errorMessage))),
    textArray(runs.map((r) => r.failedStep)),
    textArray(runs.map((r) => r.effectCounts)),
    floatArray(runs.map((r) => r.wakeMs)),
    intArray(runs.map((r) => r.claims)),
    booleanArray(list.map(({ write: { run } }) => (run.kind === "hold" ? null : run.bodyDeviates))),
    intArray(data.map(({ at }) => at)),
    uuidArray(data.map(({ row }) => row.id)),
    textArray(data.map(({ row }) => row.kind)),
    textArray(data.map(({ row }) => row.json)),
    bytesArray(data.map(({ row }) => row.sealed)),
    intArray(steps.map(({ at }) => at)),
    textArray(steps.map(({ row }) => row.path)),
    textArray(steps.map(({ row }) => row.stepId)),
    intArray(steps.map(({ row }) => row.seq)),
    textArray(steps.map(({ row }) => row.kind)),
    textArray(steps.map(({ row }) => row.action)),
    textArray(steps.map(({ row }) => row.status)),
    textArray(steps.map(({ row }) => row.idempotencyKey)),
    intArray(steps.map(({ row }) => row.attempts)),
    uuidArray(steps.map(({ row }) => row.inputDataId)),
    uuidArray(steps.map(({ row }) => row.effectDataId)),
    uuidArray(steps.map(({ row }) => row.outputDataId)),
    textArray(steps.map(({ row }) => keepable(row.errorCode))),
    textArray(steps.map(({ row }) => keepable(row.errorMessage))),
    floatArray(steps.map(({ row }) => row.nextAttemptInMs)),
    timeArray(steps.map(({ row }) => row.startedAt)),
    timeArray(steps.map(({ row }) => row.finishedAt)),
    textArray(steps.map(({ row }) => (row.warnings === null ? null : JSON.stringify(row.warnings)))),
    intArray(tries.map(({ at }) => at)),
    textArray(tries.map(({ row }) => row.path)),
    intArray(tries.map(({ row }) => row.number)),
    textArray(tries.map(({ row }) => row.outcome)),
    uuidArray(tries.map(({ row }) => row.answerDataId)),
    textArray(tries.map(({ row }) => keepable(row.errorCode))),
    textArray(tries.map(({ row }) => keepable(row.errorMessage))),
    floatArray(tries.map(({ row }) => row.retryInMs)),
    timeArray(tries.map(({ row }) => row.startedAt)),
    timeArray(tries.map(({ row }) => row.finishedAt)),
    booleanArray(steps.map(({ at, row }) => !isKnown(at, row.path))),
    booleanArray(tries.map(({ at, row }) => !isKnown(at, attemptKey(row)))),
  ];
}

/** Which runs of the batch are held back, and where; the last three parameters of the statements with gates. */
export function gateColumnsOf(list: readonly FencedWrite[]): Buffer[] {
  const rows = list.flatMap(({ write: { run } }, index) =>
    run.kind === "release" && run.heldBackAt !== undefined ? [{ at: index + 1, ...run.heldBackAt }] : [],
  );
  return [
    intArray(rows.map(({ at }) => at)),
    textArray(rows.map(({ kind }) => kind)),
    textArray(rows.map(({ key }) => key)),
  ];
}

/** A row of `w`, but for the ids. */
type RunRow = {
  mode: "none" | "hold" | "release" | "forgive" | "finish" | "end";
  status: string | null;
  name: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  failedStep: string | null;
  effectCounts: string | null;
  wakeMs: number | null;
  claims: number | null;
};

const NOTHING = {
  status: null,
  errorCode: null,
  errorMessage: null,
  failedStep: null,
  effectCounts: null,
  wakeMs: null,
  claims: null,
} as const;

function runOf({ write: { run }, tries }: FencedWrite): RunRow {
  switch (run.kind) {
    case "hold": {
      // The row is touched only when there is something to say: most writes leave it alone.
      const reset = run.progress && tries > 1;
      const mode = run.name !== null || reset ? "hold" : "none";
      return { ...NOTHING, mode, name: run.name, claims: reset ? 1 : null };
    }
    case "release": {
      const { status, name, errorCode, errorMessage } = run;
      const mode = run.forgiven === true ? "forgive" : "release";
      const more = { wakeMs: run.wakeInMs, claims: run.progress ? 0 : null };
      return { ...NOTHING, mode, status, name, errorCode, errorMessage, ...more };
    }
    case "finish": {
      const { status, name, errorCode, errorMessage, failedStep } = run;
      const mode = run.walked === false ? "end" : "finish";
      const effectCounts = JSON.stringify(run.effectCounts);
      return { ...NOTHING, mode, status, name, errorCode, errorMessage, failedStep, effectCounts };
    }
  }
}

/** Text as PostgreSQL can hold it: NUL shown as its symbol, lone surrogates replaced. */
function keepable(text: string | null): string | null {
  return text === null
    ? null
    : text
        .replaceAll("\0", "\u2400")
        .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
