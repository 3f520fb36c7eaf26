import { isUuid, type WorkspaceId } from "#lib/core/ids.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { RunState } from "#lib/core/states.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { runPool } from "#lib/db/run-pool.ts";
import { addRunJob, isTerminal, lockRun } from "#lib/db/runs.ts";

/** How a wait stands. `answer` is JSON text; `openedAt` null: its step has not been reached. */
export type KeptWait = {
  path: string;
  kind: string;
  asked: Json;
  openedAt: Date | null;
  dueAt: Date | null;
  answeredAt: Date | null;
  answer: string | null;
  /** The address it was answered from; null where a member did, or nobody. */
  answeredFrom: string | null;
  timedOutAt: Date | null;
};

/** What a worker that holds a run learns of a wait. `dueInMs` by the database's clock. */
export type LookedAfterWait = { answer: string | null; isTimedOut: boolean; dueInMs: number };

/**
 * Opens a wait of a run under its lease, or looks after the one that is there: an answer is marked as read, and one
 * whose time is over is closed. `asked` null: it was open before; else one that was closed opens anew. Null when the
 * lease is lost. The run is locked meanwhile, as everybody does who answers, so the two never pass each other by.
 */
export async function lookAfterWait(
  held: { id: string; leaseToken: string },
  wait: { path: string; kind: string; asked: JsonObject | null; waitMs: number },
): Promise<LookedAfterWait | null> {
  const { rows } = await runPool().query<{ answer: string | null; timed_out: boolean; due_ms: number }>({
    name: "look-after-wait",
    text: `
      WITH held AS (
        SELECT id, workspace_id FROM run WHERE id = $1 AND lease_token = $2 FOR NO KEY UPDATE
      )
      INSERT INTO open_wait AS w (run_id, path, workspace_id, kind, asked, opened_at, due_at)
      SELECT id, $3, workspace_id, $4, $5::text, now(), now() + $6::float8 * interval '1 ms' FROM held
      ON CONFLICT (run_id, path) DO UPDATE SET
        asked = CASE WHEN w.opened_at IS NULL OR (w.timed_out_at IS NOT NULL AND $5::text IS NOT NULL)
                THEN excluded.asked ELSE w.asked END,
        opened_at = coalesce(w.opened_at, excluded.opened_at),
        due_at = CASE WHEN w.due_at IS NULL OR (w.timed_out_at IS NOT NULL AND $5::text IS NOT NULL)
                 THEN excluded.due_at ELSE w.due_at END,
        timed_out_at = CASE WHEN w.answered_at IS NOT NULL THEN NULL
                       WHEN w.timed_out_at IS NOT NULL AND $5::text IS NOT NULL THEN NULL
                       WHEN w.due_at <= now() THEN coalesce(w.timed_out_at, now()) END,
        taken_at = CASE WHEN w.answered_at IS NOT NULL THEN coalesce(w.taken_at, now()) END
      RETURNING answer, timed_out_at IS NOT NULL AS timed_out,
                greatest(extract(epoch FROM due_at - now()) * 1000, 0)::float8 AS due_ms`,
    values: [
      held.id,
      held.leaseToken,
      wait.path,
      wait.kind,
      wait.asked === null ? null : JSON.stringify(wait.asked),
      wait.waitMs,
    ],
  });
  const row = rows[0];
  return row === undefined ? null : { answer: row.answer, isTimedOut: row.timed_out, dueInMs: Math.ceil(row.due_ms) };
}

/** The waits of a run that are open as far as can be seen now, with the milliseconds until each is due, by path. */
export async function readOpenWaits(workspaceId: WorkspaceId, runId: string): Promise<Map<string, number>> {
  const { rows } = await runPool().query<{ path: string; due_ms: number }>({
    name: "read-open-waits",
    text: `SELECT path, extract(epoch FROM due_at - now())::float8 * 1000 AS due_ms FROM open_wait
           WHERE workspace_id = $1 AND run_id = $2 AND opened_at IS NOT NULL AND answered_at IS NULL
             AND timed_out_at IS NULL AND due_at > now()`,
    values: [workspaceId, runId],
  });
  return new Map(rows.map((row) => [row.path, Math.ceil(row.due_ms)]));
}

/** The run that a link names; the link is all the proof there is of who may ask. Null: there is no such run. */
export async function findLinkedRun(
  runId: string,
): Promise<{ workspaceId: WorkspaceId; versionId: string; status: RunState } | null> {
  if (!isUuid(runId)) return null;
  const row = await prisma().run.findFirst({
    where: { id: runId, kind: { not: "canary" } },
    select: { workspaceId: true, versionId: true, status: true },
  });
  return row === null ? null : { ...row, workspaceId: row.workspaceId as WorkspaceId, status: row.status as RunState };
}

/** One wait of a run, or null while there is none. */
export async function findWait(
  workspaceId: WorkspaceId,
  runId: string,
  path: string,
  db: Db = prisma(),
): Promise<KeptWait | null> {
  const row = await db.openWait.findFirst({ where: { workspaceId, runId, path } });
  return row === null ? null : toWait(row);
}

/** The paths of a run's waits that are open and unanswered. */
export async function listUnansweredPaths(workspaceId: WorkspaceId, runId: string, db: Db): Promise<Set<string>> {
  const rows = await db.openWait.findMany({
    where: { workspaceId, runId, openedAt: { not: null }, answeredAt: null, timedOutAt: null },
    select: { path: true },
  });
  return new Set(rows.map(({ path }) => path));
}

/** What became of an answer: it counts, or somebody was first, or it comes too late. */
export type AnswerOutcome = { kind: "taken" | "answered" | "timed out" | "ended" };

/**
 * Gives the answer to a step, reached or not, and wakes its run in the same transaction. The first one counts. Throws
 * nothing for a late one: it is told what was there before.
 */
export async function answerWait(
  workspaceId: WorkspaceId,
  given: { runId: string; path: string; kind: string; answer: string; at: Date; from: string | null },
  db: Db,
): Promise<AnswerOutcome> {
  const run = await lockRun(workspaceId, given.runId, db);
  const before = await findWait(workspaceId, given.runId, given.path, db);
  if (before !== null && before.answeredAt !== null) return { kind: "answered" };
  if (before !== null && before.timedOutAt !== null) return { kind: "timed out" };
  if (run === null || isTerminal(run.status)) return { kind: "ended" };
  const rows = await db.$queryRaw<{ opened: boolean }[]>`
    INSERT INTO open_wait AS w (run_id, path, workspace_id, kind, answer, answered_at, answered_from)
    VALUES (${given.runId}::uuid, ${given.path}, ${workspaceId}::uuid, ${given.kind}, ${given.answer}, ${given.at},
            ${given.from})
    ON CONFLICT (run_id, path) DO UPDATE SET
      answer = excluded.answer, answered_at = excluded.answered_at, answered_from = excluded.answered_from
    WHERE w.due_at IS NULL OR w.due_at > clock_timestamp()
    RETURNING w.opened_at IS NOT NULL AS opened`;
  const row = rows[0];
  if (row === undefined) return { kind: "timed out" };
  // A worker that is on the run has perhaps looked before: letting the run go, it finds the answer (the trigger of
  // migration 0046).
  if (row.opened) await wakeRun(workspaceId, given.runId, db);
  return { kind: "taken" };
}

/** Makes a locked run go on now that waits for its time, and adds its job; any other is left as it is. */
async function wakeRun(workspaceId: WorkspaceId, runId: string, db: Db): Promise<void> {
  const woken = await db.$executeRaw`
    UPDATE run SET wake_at = NULL
    WHERE id = ${runId}::uuid AND workspace_id = ${workspaceId}::uuid AND lease_token IS NULL
      AND wake_at IS NOT NULL AND status || '' IN ('waiting', 'retrying')`;
  if (woken > 0) await addRunJob(runId, db);
}

type WaitRow = NonNullable<Awaited<ReturnType<ReturnType<typeof prisma>["openWait"]["findFirst"]>>>;

function toWait({ workspaceId: _w, runId: _r, takenAt: _t, asked, ...row }: WaitRow): KeptWait {
  return { ...row, asked: asked === null ? null : (JSON.parse(asked) as Json) };
}
