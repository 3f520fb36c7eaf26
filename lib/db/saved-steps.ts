import type { WorkspaceId } from "#lib/core/ids.ts";
import { JsonText } from "#lib/core/json-text.ts";
import type { KeptTry } from "#lib/db/journal-fold.ts";
import { type Query, readJournal } from "#lib/db/read-journal.ts";
import { runPool } from "#lib/db/run-pool.ts";
import { openData, type WholeData } from "#lib/db/sealed-data.ts";
import type { Effect } from "#lib/engine/effect.ts";
import { OWN_FAULTS, type SavedStep } from "#lib/engine/journal-rows.ts";
import { stepKinds } from "#lib/engine/steps/registry.generated.ts";

/** What earlier workers wrote of a run, and the number of their last write; 0 when there is none. */
export type SavedRun = { steps: SavedStep[]; last: number };

/** What the journal holds of a run: every step with its values and its last try. */
export async function loadSavedRun(workspaceId: WorkspaceId, runId: string): Promise<SavedRun> {
  const journal = await readJournal(workspaceId, runId, "values", queryRuns);
  const wanted = [...journal.steps.values()].flatMap(({ row }) =>
    [RESUMES_FROM_INPUT.has(row.kind) ? row.inputDataId : null, row.effectDataId, row.outputDataId].filter(
      (id) => id !== null,
    ),
  );
  const values: Values = new Map(journal.values);
  for (const value of await loadApart(
    workspaceId,
    wanted.filter((id) => !values.has(id)),
  ))
    values.set(value.id, value);
  const steps = [...journal.steps.values()].map(({ row, nextAttemptAt }): SavedStep => {
    const input = whole(RESUMES_FROM_INPUT.has(row.kind) ? row.inputDataId : null, values);
    const effect = whole(row.effectDataId, values);
    const output = whole(row.outputDataId, values);
    const inMs = nextAttemptAt === null ? null : Math.max(0, nextAttemptAt.getTime() - journal.now.getTime());
    const tries = journal.tries.get(row.path) ?? [];
    return {
      row: { ...row, nextAttemptInMs: inMs },
      due: inMs === null || inMs === 0,
      input: input === null ? undefined : new JsonText(input.json),
      effect: effect === null ? undefined : (JSON.parse(effect.json) as Effect),
      output: output === null ? undefined : new JsonText(output.json),
      hidden: [input, effect, output].flatMap((value) => value?.secrets ?? []),
      attemptsBefore: countBefore(tries),
      lastAttempt: tries.at(-1)?.row ?? null,
    };
  });
  return { steps, last: journal.last };
}

const RESUMES_FROM_INPUT: ReadonlySet<string> = new Set(
  stepKinds.filter((kind) => kind.resumesFromInput === true).map(({ kind }) => kind),
);

/** Tries before a person stepped in (they came to nothing, with none after them), and those that were our own fault. */
function countBefore(tries: readonly KeptTry[]): number {
  const last = tries.findLast(
    ({ row, retryAt }) => (row.outcome === "failed" || row.outcome === "unknown") && retryAt === null,
  );
  const givenUp = last?.row.number ?? 0;
  const isOwnFault = (code: string | null) => (OWN_FAULTS as readonly (string | null)[]).includes(code);
  return givenUp + tries.filter(({ row }) => row.number > givenUp && isOwnFault(row.errorCode)).length;
}

type Values = Map<string, { json: string; sealed: Uint8Array | null }>;

/** A kept value as the run goes on with it: the sealed whole where the plain one has secrets taken out. */
function whole(id: string | null, values: Values): WholeData | null {
  const kept = id === null ? undefined : values.get(id);
  if (id === null || kept === undefined) return null;
  return kept.sealed === null ? { json: kept.json, secrets: [] } : openData(id, kept.sealed);
}

const queryRuns: Query = async (name, text, values) => (await runPool().query({ name, text, values })).rows;

/** Values that are too large for a part lie in rows of their own. One lookup per id opens the partition of its day. */
async function loadApart(
  workspaceId: WorkspaceId,
  ids: readonly string[],
): Promise<{ id: string; json: string; sealed: Buffer | null }[]> {
  if (ids.length === 0) return [];
  const { rows } = await runPool().query<{ id: string; json: string; sealed: Buffer | null }>({
    name: "values-apart",
    text: `SELECT d.id, d.data AS json, d.sealed FROM unnest($2::uuid[]) AS wanted(id)
           CROSS JOIN LATERAL (SELECT id, data, sealed FROM step_data s
                               WHERE s.id = wanted.id AND s.workspace_id = $1 OFFSET 0) d`,
    values: [workspaceId, ids],
  });
  return rows;
}
