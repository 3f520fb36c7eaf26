import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";

/** A flow as it runs now, with the endpoint that starts it. */
export type LiveDefinition = { flowId: string; name: string; endpointId: string; definition: FlowDefinition };

/** The live flows of a workspace that an endpoint starts, at most 1,000; what cannot be read is left out. */
export async function listLiveDefinitions(workspaceId: WorkspaceId, db: Db = prisma()): Promise<LiveDefinition[]> {
  const triggers = await db.flowTrigger.findMany({
    where: { workspaceId },
    select: { flowId: true, versionId: true, endpointId: true },
    take: 1_000,
  });
  const [flows, versions] = await Promise.all([
    db.flow.findMany({
      where: { workspaceId, id: { in: triggers.map(({ flowId }) => flowId) } },
      select: { id: true, name: true },
    }),
    db.flowVersion.findMany({
      where: { workspaceId, id: { in: triggers.map(({ versionId }) => versionId) } },
      select: { id: true, definition: true },
    }),
  ]);
  return triggers.flatMap(({ flowId, versionId, endpointId }) => {
    const text = versions.find(({ id }) => id === versionId)?.definition;
    const read = text === undefined ? null : flowDefinitionSchema.safeParse(JSON.parse(text));
    if (read?.success !== true) return [];
    return [{ flowId, name: flows.find(({ id }) => id === flowId)?.name ?? "", endpointId, definition: read.data }];
  });
}
