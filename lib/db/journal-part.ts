import type { AttemptRow, DataRow, JournalWrite, StepRow } from "#lib/engine/journal-rows.ts";
import { readWarnings } from "#lib/engine/step-warnings.ts";

/**
 * One write of a run's journal as it is stored: `rows` is JSON text of what follows, `data` the kept values' texts one
 * after the other, `sealed` their seals likewise. A value's text is never part of another JSON text, so it stays as it
 * was written.
 */
export type PackedPart = { rows: string; data: string; sealed: Buffer | null };

/** A packed part, and the values that are kept apart from it because they are large. */
export type PackedWrite = { part: PackedPart | null; apart: readonly DataRow[] };

/** Why every step that is open ends with a part: a person canceled the run, or it ended without being walked. */
export type OpenStepsEnd = "canceled" | "run-ended";

/**
 * What stands in `rows`. Rows are lists in the order of the columns below; a value begins where those before it end.
 */
type Rows = {
  steps?: readonly unknown[][];
  tries?: readonly unknown[][];
  /** Id, kind, length of the text in UTF-16 units, bytes of the seal (0 = none). */
  values?: readonly [string, DataRow["kind"], number, number][];
  ends?: OpenStepsEnd;
  forget?: readonly string[];
  version?: VersionChange;
};

/** The run goes on with another version of its flow; ids of versions. */
export type VersionChange = { from: string; to: string };

const STEP_COLUMNS = [
  "path",
  "stepId",
  "seq",
  "kind",
  "action",
  "status",
  "idempotencyKey",
  "attempts",
  "inputDataId",
  "effectDataId",
  "outputDataId",
  "errorCode",
  "errorMessage",
  "warnings",
  "nextAttemptInMs",
  "startedAt",
  "finishedAt",
] as const satisfies readonly (keyof StepRow)[];

const TRY_COLUMNS = [
  "path",
  "number",
  "outcome",
  "answerDataId",
  "errorCode",
  "errorMessage",
  "retryInMs",
  "startedAt",
  "finishedAt",
] as const satisfies readonly (keyof AttemptRow)[];

/** Values up to this many UTF-16 units lie in the part. */
const VALUE_UNITS_MAX = 8_192;
/** So many of them at most: a part is read whole. */
const PART_UNITS_MAX = 65_536;

/** Packs what a write says of its run's steps; `part` is null when it says nothing of them. */
export function packWrite({ steps, attempts, data, run }: JournalWrite): PackedWrite {
  const ends = run.kind === "finish" && run.walked === false ? "run-ended" : null;
  const apart: DataRow[] = [];
  const within: DataRow[] = [];
  let units = 0;
  for (const row of data) {
    const size = row.json.length + (row.sealed?.length ?? 0);
    const fits = size <= VALUE_UNITS_MAX && units + size <= PART_UNITS_MAX;
    (fits ? within : apart).push(row);
    if (fits) units += size;
  }
  return { part: packPart({ steps, attempts, values: within, ends, forget: [], version: null }), apart };
}

/** What one part holds. */
export type PartContent = {
  steps: readonly StepRow[];
  attempts: readonly AttemptRow[];
  values: readonly DataRow[];
  ends: OpenStepsEnd | null;
  /** Paths of steps whose rows and tries so far count no more; rows of the same part come after that. */
  forget: readonly string[];
  version: VersionChange | null;
};

/** A part that says nothing. */
export const NOTHING_SAID: PartContent = {
  steps: [],
  attempts: [],
  values: [],
  ends: null,
  forget: [],
  version: null,
};

/** Packs a part; null when there is nothing in it. */
export function packPart({ steps, attempts, values, ends, forget, version }: PartContent): PackedPart | null {
  const lists = [steps, attempts, values, forget];
  if (lists.every((list) => list.length === 0) && ends === null && version === null) return null;
  const rows: Rows = {
    ...(steps.length === 0 ? {} : { steps: steps.map((row) => STEP_COLUMNS.map((name) => packed(row[name]))) }),
    ...(attempts.length === 0 ? {} : { tries: attempts.map((row) => TRY_COLUMNS.map((name) => packed(row[name]))) }),
    ...(values.length === 0
      ? {}
      : { values: values.map(({ id, kind, json, sealed }) => [id, kind, json.length, sealed?.length ?? 0]) }),
    ...(ends === null ? {} : { ends }),
    ...(forget.length === 0 ? {} : { forget }),
    ...(version === null ? {} : { version }),
  };
  const seals = values.flatMap(({ sealed }) => (sealed === null ? [] : [sealed]));
  return {
    rows: JSON.stringify(rows),
    data: values.map(({ json }) => json).join(""),
    sealed: seals.length === 0 ? null : Buffer.concat(seals),
  };
}

/** Reads a part as `packPart` made it. Without `data` the values have no text: their ids and kinds alone are told. */
export function readPart(part: { rows: string; data: string | null; sealed: Uint8Array | null }): PartContent {
  const rows = JSON.parse(part.rows) as Rows;
  let unit = 0;
  let byte = 0;
  const values = (rows.values ?? []).map(([id, kind, units, bytes]): DataRow => {
    const json = part.data?.slice(unit, unit + units) ?? "";
    const sealed = bytes === 0 ? null : (part.sealed?.subarray(byte, byte + bytes) ?? null);
    unit += units;
    byte += bytes;
    return { id, kind, json, sealed };
  });
  return {
    steps: (rows.steps ?? []).map((list) => toStep(named(STEP_COLUMNS, list))),
    attempts: (rows.tries ?? []).map((list) => toAttempt(named(TRY_COLUMNS, list))),
    values,
    ends: rows.ends ?? null,
    forget: rows.forget ?? [],
    version: rows.version ?? null,
  };
}

/** Times as milliseconds, words as PostgreSQL can hold them and a page can show them. */
function packed(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return typeof value === "string" ? value.replaceAll("\0", "\u2400").toWellFormed() : value;
}

function named<Name extends string>(columns: readonly Name[], list: readonly unknown[]): Record<Name, unknown> {
  return Object.fromEntries(columns.map((name, index) => [name, list[index] ?? null])) as Record<Name, unknown>;
}

function toStep(row: Record<keyof StepRow, unknown>): StepRow {
  const { warnings, startedAt, finishedAt } = row;
  return {
    ...(row as StepRow),
    // What an earlier version kept is JSON text.
    warnings: typeof warnings === "string" ? readWarnings(warnings) : (warnings as StepRow["warnings"]),
    startedAt: toTime(startedAt),
    finishedAt: toTime(finishedAt),
  };
}

function toAttempt(row: Record<keyof AttemptRow, unknown>): AttemptRow {
  return {
    ...(row as AttemptRow),
    startedAt: new Date(Number(row.startedAt)),
    finishedAt: toTime(row.finishedAt),
  };
}

function toTime(ms: unknown): Date | null {
  return typeof ms === "number" ? new Date(ms) : null;
}
