import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import { readPart } from "#lib/db/journal-part.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A kept value of a run as JSON text. */
export type StepData = { id: string; kind: string; json: string };

/** The values with these ids that a run keeps; ids past retention are missing. */
export async function findStepData(
  workspaceId: WorkspaceId,
  runId: string,
  ids: readonly string[],
  db: Db = prisma(),
): Promise<Map<string, StepData>> {
  const wanted = new Set(ids);
  if (wanted.size === 0) return new Map();
  const parts = await db.$queryRaw<{ rows: string; data: string }[]>`
    SELECT rows, data FROM journal_part
    WHERE workspace_id = ${workspaceId}::uuid AND run_id = ${runId}::uuid
      AND rows LIKE ANY (${[...wanted].map((id) => `%${id}%`)}::text[])`;
  const within = parts.flatMap(({ rows, data }) => readPart({ rows, data, sealed: null }).values);
  const found = new Map<string, StepData>();
  for (const { id, kind, json } of within) if (wanted.has(id)) found.set(id, { id, kind, json });
  const apart = [...wanted].filter((id) => !found.has(id));
  if (apart.length === 0) return found;
  const rows = await db.stepData.findMany({
    where: { workspaceId, runId, id: { in: apart } },
    select: { id: true, kind: true, data: true },
  });
  for (const { id, kind, data } of rows) found.set(id, { id, kind, json: data });
  return found;
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
