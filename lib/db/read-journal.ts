import type { QueryResultRow } from "pg";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { foldJournal, type KeptJournal, type KeptPart } from "#lib/db/journal-fold.ts";
import { OLD_PARTS } from "#lib/db/old-journal.ts";
import type { Db } from "#lib/db/prisma.ts";

/** Runs a statement with numbered parameters; `name` is for those that can keep its plan. */
export type Query = <Row extends QueryResultRow>(name: string, text: string, values: unknown[]) => Promise<Row[]>;

/** Asks through Prisma's client or an open transaction. */
export function queryThrough(db: Db): Query {
  return async <Row extends QueryResultRow>(_name: string, text: string, values: unknown[]) =>
    db.$queryRawUnsafe<Row[]>(text, ...values);
}

/** How much of the parts is read: steps and tries alone, or every value too. */
export type JournalDepth = "rows" | "values";

/** The journal of a run, and the database's now. */
export async function readJournal(
  workspaceId: WorkspaceId,
  runId: string,
  depth: JournalDepth,
  query: Query,
): Promise<KeptJournal & { now: Date }> {
  const found = await query<PartRow>(`journal-${depth}`, STATEMENTS[depth], [workspaceId, runId]);
  const parts = found.map(
    (row): KeptPart => ({
      number: row.number,
      writtenAt: new Date(row.written_ms),
      rows: row.rows,
      data: row.data,
      sealed: row.sealed,
    }),
  );
  return { ...foldJournal(parts), now: new Date(found[0]?.now_ms ?? 0) };
}

// Times as numbers: the driver takes ten times as long to read one from text.
const statementOf = (columns: string) => `
SELECT number, (extract(epoch FROM written_at) * 1000)::float8 AS written_ms, rows, ${columns},
       (extract(epoch FROM now()) * 1000)::float8 AS now_ms
FROM (SELECT number, written_at, rows, data, sealed FROM journal_part
      WHERE workspace_id = $1::uuid AND run_id = $2::uuid
      UNION ALL ${OLD_PARTS}) parts
ORDER BY number`;

const STATEMENTS: Record<JournalDepth, string> = {
  rows: statementOf("NULL AS data, NULL AS sealed"),
  values: statementOf("data, sealed"),
};

type PartRow = {
  number: number;
  written_ms: number;
  rows: string;
  data: string | null;
  sealed: Buffer | null;
  now_ms: number;
};
