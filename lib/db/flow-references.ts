import type { WorkspaceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";

/** The things a flow refers to by id that this workspace really has. Deleted ones and other workspaces' are missing. */
export type FlowReferences = {
  /** The public side of the connections, by id. */
  connections: Map<string, { id: string; kind: string; name: string; config: JsonObject }>;
  /** The endpoints' stored settings, by id. */
  endpoints: Map<string, string>;
};

/** The ids in a definition, each with its place in the JSON. */
export function listReferences(
  flow: FlowDefinition,
): { what: "connection" | "endpoint"; id: string; path: (string | number)[] }[] {
  const { endpointId } = flow.trigger;
  const found: ReturnType<typeof listReferences> =
    endpointId === null ? [] : [{ what: "endpoint", id: endpointId, path: ["trigger", "endpointId"] }];
  for (const { step, path } of walkSteps(flow.steps)) {
    if (step.kind === "action" && step.connectionId != null)
      found.push({ what: "connection", id: step.connectionId, path: [...path, "connectionId"] });
  }
  return found;
}

/** Looks up everything a definition refers to, in this workspace only. */
export async function findFlowReferences(
  workspaceId: WorkspaceId,
  flow: FlowDefinition,
  db: Db = prisma(),
): Promise<FlowReferences> {
  const ids = (what: string) => [
    ...new Set(listReferences(flow).flatMap((each) => (each.what === what ? each.id : []))),
  ];
  const [connections, endpoints] = [ids("connection"), ids("endpoint")];
  return {
    connections: await findPublicConnections(workspaceId, connections, db),
    endpoints: new Map(
      endpoints.length === 0
        ? []
        : (
            await db.endpoint.findMany({ where: present(workspaceId, endpoints), select: { id: true, settings: true } })
          ).map(({ id, settings }) => [id, settings]),
    ),
  };
}

async function findPublicConnections(
  workspaceId: WorkspaceId,
  ids: string[],
  db: Db,
): Promise<FlowReferences["connections"]> {
  if (ids.length === 0) return new Map();
  const select = { id: true, kind: true, name: true, config: true };
  const rows = await db.connection.findMany({ where: present(workspaceId, ids), select });
  return new Map(rows.map((row) => [row.id, { ...row, config: JSON.parse(row.config) as JsonObject }]));
}

function present(workspaceId: WorkspaceId, ids: string[]) {
  return { workspaceId, deletedAt: null, id: { in: ids } };
}

/** The endpoint and type of an event of this workspace, or null. */
export async function findTriggerOfEvent(
  workspaceId: WorkspaceId,
  eventId: string,
  db: Db = prisma(),
): Promise<{ endpointId: string; eventType: string | null } | null> {
  return db.event.findFirst({ where: { workspaceId, id: eventId }, select: { endpointId: true, eventType: true } });
}
