import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A kept value of a run as JSON text. */
export type StepData = { id: string; kind: string; json: string };

/** The values with these ids that belong to the workspace; ids past retention are missing. */
export async function findStepData(
  workspaceId: WorkspaceId,
  ids: readonly string[],
  db: Db = prisma(),
): Promise<Map<string, StepData>> {
  if (ids.length === 0) return new Map();
  const rows = await db.stepData.findMany({
    where: { workspaceId, id: { in: [...ids] } },
    select: { id: true, kind: true, data: true },
  });
  return new Map(rows.map((row) => [row.id, { id: row.id, kind: row.kind, json: row.data }]));
}

/** Keeps a value beside a run and returns its id. */
export async function insertStepData(
  workspaceId: WorkspaceId,
  runId: string,
  kind: "output" | "trigger",
  value: Json,
  db: Db,
): Promise<string> {
  const id = newId();
  await db.stepData.create({ data: { id, workspaceId, runId, kind, data: JSON.stringify(value) } });
  return id;
}
