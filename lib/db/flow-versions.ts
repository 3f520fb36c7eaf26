import { isUuid, newId, type WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";

/** A published version without its definition, as lists show it. */
export type FlowVersionHead = {
  id: string;
  flowId: string;
  number: number;
  /** SHA-256 (hex) of the definition's canonical JSON. */
  hash: string;
  note: string;
  /** A user's id; null when an API key published. */
  publishedBy: string | null;
  publishedAt: Date;
};

/** A published version: it never changes. */
export type FlowVersion = FlowVersionHead & { definition: FlowDefinition };

// What Postgres's integer holds.
const VERSION_NUMBER_MAX = 2_147_483_647;

/** The versions of a flow, newest first. */
export async function listFlowVersions(
  workspaceId: WorkspaceId,
  flowId: string,
  db: Db = prisma(),
): Promise<FlowVersionHead[]> {
  if (!isUuid(flowId)) return [];
  return db.flowVersion.findMany({
    where: { workspaceId, flowId },
    orderBy: { number: "desc" },
    omit: { definition: true, workspaceId: true },
  });
}

/** One version of a flow by its number, or null. */
export async function findFlowVersion(
  workspaceId: WorkspaceId,
  flowId: string,
  number: number,
  db: Db = prisma(),
): Promise<FlowVersion | null> {
  if (!isUuid(flowId) || !Number.isInteger(number) || number < 1 || number > VERSION_NUMBER_MAX) return null;
  return toVersion(
    await db.flowVersion.findFirst({ where: { workspaceId, flowId, number }, omit: { workspaceId: true } }),
  );
}

/** One version by its id, or null. */
export async function findFlowVersionById(
  workspaceId: WorkspaceId,
  id: string,
  db: Db = prisma(),
): Promise<FlowVersion | null> {
  return toVersion(await db.flowVersion.findFirst({ where: { workspaceId, id }, omit: { workspaceId: true } }));
}

/** The newest version of a flow, or null before the first publish. */
export async function findLatestFlowVersion(
  workspaceId: WorkspaceId,
  flowId: string,
  db: Db = prisma(),
): Promise<FlowVersionHead | null> {
  return db.flowVersion.findFirst({
    where: { workspaceId, flowId },
    orderBy: { number: "desc" },
    omit: { definition: true, workspaceId: true },
  });
}

/** Writes a version; its number must be free (unique index). Returns its id. */
export async function insertFlowVersion(
  workspaceId: WorkspaceId,
  version: {
    flowId: string;
    number: number;
    definition: FlowDefinition;
    hash: string;
    note: string;
    publishedBy: string | null;
  },
  db: Db,
): Promise<string> {
  const id = newId();
  await db.flowVersion.create({
    data: { ...version, id, workspaceId, definition: JSON.stringify(version.definition) },
  });
  return id;
}

function toVersion(row: (FlowVersionHead & { definition: string }) | null): FlowVersion | null {
  return row === null ? null : { ...row, definition: flowDefinitionSchema.parse(JSON.parse(row.definition)) };
}
