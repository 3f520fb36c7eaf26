import { NOTHING_SAID, packPart } from "#lib/db/journal-part.ts";

const ROWS = packPart({ ...NOTHING_SAID, ends: "run-ended" })?.rows ?? "";

/**
 * SQL: ends every open step of runs that end without being walked; `runs` is a query of their ids and workspace ids.
 * A reason that a step has stays.
 */
export function endOpenSteps(runs: string): string {
  return `INSERT INTO journal_part (run_id, number, workspace_id, rows, data)
    SELECT e.id, (SELECT coalesce(max(p.number), 0) + 1 FROM journal_part p WHERE p.run_id = e.id), e.workspace_id,
           '${ROWS}', ''
    FROM (${runs}) AS e(id, workspace_id)`;
}
