import { runPool } from "#lib/db/run-pool.ts";

/**
 * Lets a run that waits for a person be taken up, where it has a time of its own to go on and that has come; says
 * whether there was such a run. Only runs with a time limit have one.
 */
export async function endOverdueDecision(runId: string): Promise<boolean> {
  const { rowCount } = await runPool().query({
    name: "end-overdue-decision",
    text: `UPDATE run SET status = 'queued'
           WHERE id = $1 AND status || '' = 'needs a decision' AND lease_token IS NULL AND wake_at <= now()`,
    values: [runId],
  });
  return rowCount === 1;
}
