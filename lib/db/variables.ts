import { LRUCache } from "lru-cache";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { JsonText, type WrittenObject } from "#lib/core/json-text.ts";
import { SECOND } from "#lib/core/units.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { VARIABLE_NAME } from "#lib/engine/used-variables.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** A plain value that expressions read as `vars.name`; `json` is its JSON as it was written. */
export type Variable = { name: string; json: string; updatedAt: Date };

/** A workspace has at most so many variables. */
export const VARIABLES_MAX = 200;

/** Runs see a change within this time, and a busy workspace asks the database once in it, not once a run. */
const FRESH_MS = 1 * SECOND;

const WORKSPACES_KEPT_MAX = 100;

/** The workspace's variables by name. */
export async function listVariables(workspaceId: WorkspaceId, db: Db = prisma()): Promise<Variable[]> {
  return db.variable.findMany({
    where: { workspaceId },
    orderBy: { name: "asc" },
    omit: { workspaceId: true },
    take: VARIABLES_MAX,
  });
}

/** The names of the workspace's variables, without their values. */
export async function listVariableNames(workspaceId: WorkspaceId, db: Db = prisma()): Promise<string[]> {
  const rows = await db.variable.findMany({ where: { workspaceId }, select: { name: true }, take: VARIABLES_MAX });
  return rows.map(({ name }) => name);
}

/** One variable of the workspace, or null. */
export async function findVariable(
  workspaceId: WorkspaceId,
  name: string,
  db: Db = prisma(),
): Promise<Variable | null> {
  // What is no name may be no text for the database either.
  if (!VARIABLE_NAME.test(name)) return null;
  return db.variable.findFirst({ where: { workspaceId, name }, omit: { workspaceId: true } });
}

/** Stores a variable that is new; false when there is one of that name. */
export async function insertVariableOnce(
  workspaceId: WorkspaceId,
  { name, json, updatedAt }: Variable,
  db: Db = prisma(),
): Promise<boolean> {
  const { count } = await db.variable.createMany({
    data: [{ workspaceId, name, json, updatedAt }],
    skipDuplicates: true,
  });
  return count === 1;
}

/** Gives a variable another value; false when there is none of that name. */
export async function updateVariable(
  workspaceId: WorkspaceId,
  { name, json, updatedAt }: Variable,
  db: Db = prisma(),
): Promise<boolean> {
  if (!VARIABLE_NAME.test(name)) return false;
  const { count } = await db.variable.updateMany({ where: { workspaceId, name }, data: { json, updatedAt } });
  return count === 1;
}

/** Removes a variable; false when there is none of that name. */
export async function deleteVariable(workspaceId: WorkspaceId, name: string, db: Db = prisma()): Promise<boolean> {
  if (!VARIABLE_NAME.test(name)) return false;
  const { count } = await db.variable.deleteMany({ where: { workspaceId, name } });
  return count === 1;
}

/** Flows whose draft or live version writes `vars.name`, by name; at most 100. */
export async function listFlowsReading(
  workspaceId: WorkspaceId,
  name: string,
  db: Db = prisma(),
): Promise<{ id: string; name: string }[]> {
  const written = `\\mvars\\s*\\.\\s*\`?${name}\\M`;
  return db.$queryRaw<{ id: string; name: string }[]>`
    SELECT f.id::text, f.name FROM flow f LEFT JOIN flow_version v ON v.id = f.live_version_id
    WHERE f.workspace_id = ${workspaceId}::uuid AND f.deleted_at IS NULL
      AND (f.draft ~ ${written} OR v.definition ~ ${written})
    ORDER BY f.name, f.id LIMIT 100`;
}

/**
 * The values a run reads as `vars`, of those it may ask for. At most a second old: one question a second and process
 * for a workspace, and none for a flow that reads no variable.
 */
export async function readVariables(
  workspaceId: WorkspaceId,
  used: "all" | ReadonlySet<string>,
): Promise<WrittenObject> {
  if (used !== "all" && used.size === 0) return {};
  const now = performance.now();
  const known = kept().get(workspaceId);
  const values = known !== undefined && now - known.at < FRESH_MS ? known.values : ask(workspaceId, now);
  return Object.fromEntries((await values).filter(([name]) => used === "all" || used.has(name)));
}

/** The next run in this process sees what was changed. */
export function forgetVariables(workspaceId: WorkspaceId): void {
  kept().delete(workspaceId);
}

type Values = Promise<[name: string, value: JsonText][]>;

const kept = () =>
  singleton("variables", () => new LRUCache<WorkspaceId, { at: number; values: Values }>({ max: WORKSPACES_KEPT_MAX }));

/** Runs that ask at the same time share one question; one that failed is asked again. */
function ask(workspaceId: WorkspaceId, now: number): Values {
  const values = listVariables(workspaceId).then((rows) =>
    rows.map(({ name, json }): [string, JsonText] => [name, new JsonText(json)]),
  );
  const asked = { at: now, values };
  kept().set(workspaceId, asked);
  values.catch(() => {
    if (kept().peek(workspaceId) === asked) kept().delete(workspaceId);
  });
  return values;
}
