import type { WorkspaceId } from "#lib/core/ids.ts";
import { foldJournal, type KeptPart } from "#lib/db/journal-fold.ts";
import { NOTHING_SAID, type PartContent, packPart } from "#lib/db/journal-part.ts";
import { pool } from "#lib/db/pool.ts";
import type { AttemptRow, StepRow } from "#lib/engine/journal-rows.ts";

type Sql = <Row>(text: string, values: unknown[]) => Promise<Row[]>;

const throughPool: Sql = async <Row>(text: string, values: unknown[]) =>
  (await pool().query(text, values)).rows as Row[];

const PARTS = `SELECT run_id, number, written_at AS "writtenAt", rows, data, sealed FROM journal_part`;

type PartRow = KeptPart & { run_id: string };

/** The steps of a run in the order of the flow, each as it was written last. */
export async function keptSteps(runId: string): Promise<StepRow[]> {
  const journal = foldJournal(await throughPool<PartRow>(`${PARTS} WHERE run_id = $1 ORDER BY number`, [runId]));
  return [...journal.steps.values()].map(({ row }) => row).sort((a, b) => a.seq - b.seq || (a.path < b.path ? -1 : 1));
}

/** The tries of a run's steps by path. */
export async function keptTries(runId: string) {
  return foldJournal(await throughPool<PartRow>(`${PARTS} WHERE run_id = $1 ORDER BY number`, [runId])).tries;
}

/** A value of a run as it is stored. */
export type KeptValue = { id: string; kind: string; data: string; sealed: Uint8Array | null };

/** Every value a run keeps, in its parts and apart from them. */
export async function keptValues(runId: string): Promise<KeptValue[]> {
  const journal = foldJournal(await throughPool<PartRow>(`${PARTS} WHERE run_id = $1 ORDER BY number`, [runId]));
  const apart = await throughPool<KeptValue>("SELECT id, kind, data, sealed FROM step_data WHERE run_id = $1", [runId]);
  return [...[...journal.values.values()].map(({ json, ...value }) => ({ ...value, data: json })), ...apart];
}

/** The text of one value; undefined when it is not kept. */
export async function keptValue(runId: string, id: string | null | undefined): Promise<string | undefined> {
  return (await keptValues(runId)).find((value) => value.id === id)?.data;
}

/** Everything that is stored of a run's journal, as texts. */
export async function journalTexts(runId: string): Promise<string[]> {
  const parts = await throughPool<PartRow>(`${PARTS} WHERE run_id = $1`, [runId]);
  return [
    ...parts.flatMap(({ rows, data }) => [rows, data ?? ""]),
    ...(await keptValues(runId)).map(({ data }) => data),
  ];
}

/** Writes a part as a worker would, the newest of its run. */
export async function appendPart(
  { runId, workspaceId }: { runId: string; workspaceId: WorkspaceId | string },
  content: Partial<PartContent>,
): Promise<void> {
  const part = packPart({ ...NOTHING_SAID, ...content });
  await pool().query(
    `INSERT INTO journal_part (run_id, number, workspace_id, rows, data)
     SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM journal_part WHERE run_id = $1`,
    [runId, workspaceId, part?.rows, part?.data],
  );
}

/** Makes steps of a run that wait for their time due now. */
export async function makeStepsDue(runId: string): Promise<void> {
  const steps = (await keptSteps(runId)).filter((row) => row.nextAttemptInMs !== null);
  if (steps.length === 0) return;
  const { rows } = await pool().query<{ workspace_id: string }>("SELECT workspace_id FROM run WHERE id = $1", [runId]);
  const at = { runId, workspaceId: rows[0]?.workspace_id ?? "" };
  await appendPart(at, { steps: steps.map((row) => ({ ...row, nextAttemptInMs: -1 })) });
}

/** A step's row as a worker writes it: an action that succeeded, but for what `more` says. */
export function stepRow(path: string, more: Partial<StepRow> = {}): StepRow {
  return {
    path,
    stepId: path,
    seq: 0,
    kind: "action",
    action: "http.request",
    status: "succeeded",
    idempotencyKey: null,
    attempts: 0,
    inputDataId: null,
    effectDataId: null,
    outputDataId: null,
    errorCode: null,
    errorMessage: null,
    warnings: null,
    nextAttemptInMs: null,
    startedAt: new Date(),
    finishedAt: null,
    ...more,
  };
}

/** A try's row: the first one of the step, done, but for what `more` says. */
export function tryRow(path: string, more: Partial<AttemptRow> = {}): AttemptRow {
  return {
    path,
    number: 1,
    outcome: "done",
    answerDataId: null,
    errorCode: null,
    errorMessage: null,
    retryInMs: null,
    startedAt: new Date(),
    finishedAt: null,
    ...more,
  };
}

const RUNS_PER_PAGE = 2_000;

/** The steps of all runs but canaries, as a list. */
export async function allSteps(): Promise<(StepRow & { runId: string })[]> {
  const all = [];
  for await (const step of everyStep("r.kind <> 'canary'")) all.push(step);
  return all;
}

/** The steps of all runs that `where` (SQL over `run r`) takes, page by page. */
export async function* everyStep(where: string, sql: Sql = throughPool): AsyncGenerator<StepRow & { runId: string }> {
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const runs = await sql<{ id: string }>(
      `SELECT r.id FROM run r WHERE r.id > $1 AND ${where} ORDER BY r.id LIMIT ${RUNS_PER_PAGE}`,
      [after],
    );
    const ids = runs.map(({ id }) => id);
    const parts = await sql<PartRow>(`${PARTS} WHERE run_id = ANY ($1::uuid[]) ORDER BY run_id, number`, [ids]);
    for (const [runId, list] of Map.groupBy(parts, (part) => part.run_id))
      for (const { row } of foldJournal(list).steps.values()) yield { ...row, runId };
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
  }
}
