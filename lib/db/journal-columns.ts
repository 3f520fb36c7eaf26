import { booleanArray, bytesArray, floatArray, intArray, textArray, uuidArray } from "#lib/db/binary-array.ts";
import type { PackedWrite } from "#lib/db/journal-part.ts";
import type { RunChange } from "#lib/engine/journal-rows.ts";

/** A run as its worker holds it: only under this token, and only in its workspace, may it be written. */
export type HeldRun = { readonly id: string; readonly leaseToken: string; readonly workspaceId: string };

/**
 * Where a write stands: `number` is its part's among those of its run, null = the next, whatever was written before;
 * `tries` is how often the run was taken up since it last got further.
 */
export type WritePlace = { readonly number: number | null; readonly tries: number };

/** One run's write, packed, with the lease that allows it. `again`: it was sent before, and its answer got lost. */
export type FencedWrite = WritePlace & { held: HeldRun; packed: PackedWrite; run: RunChange; again: boolean };

/** The batch as columns, in the order of the statement's parameters: its runs, then rows that name theirs by place. */
export function columnsOf(list: readonly FencedWrite[]): Buffer[] {
  const runs = list.map(runOf);
  const parts = list.flatMap(({ packed: { part }, number }, index) =>
    part === null ? [] : [{ at: index + 1, number, part }],
  );
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
    booleanArray(list.map(({ run }) => (run.kind === "hold" ? null : run.bodyDeviates))),
    intArray(parts.map(({ at }) => at)),
    intArray(parts.map(({ number }) => number)),
    textArray(parts.map(({ part }) => part.rows)),
    textArray(parts.map(({ part }) => part.data)),
    bytesArray(parts.map(({ part }) => part.sealed)),
  ];
}

/** The values of the batch that are kept apart; five parameters more. */
export function apartColumnsOf(list: readonly FencedWrite[]): Buffer[] {
  const rows = list.flatMap(({ packed }, index) => packed.apart.map((row) => ({ at: index + 1, row })));
  return [
    intArray(rows.map(({ at }) => at)),
    uuidArray(rows.map(({ row }) => row.id)),
    textArray(rows.map(({ row }) => row.kind)),
    textArray(rows.map(({ row }) => row.json)),
    bytesArray(rows.map(({ row }) => row.sealed)),
  ];
}

/** Which runs of the batch are held back, and where; three parameters more. */
export function gateColumnsOf(list: readonly FencedWrite[]): Buffer[] {
  const rows = list.flatMap(({ run }, index) =>
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

function runOf({ run, tries }: FencedWrite): RunRow {
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
