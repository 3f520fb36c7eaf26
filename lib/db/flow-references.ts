import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";

/** The things a flow refers to by id that this workspace really has. Deleted ones and other workspaces' are missing. */
export type FlowReferences = { connectionKinds: Map<string, string>; endpointIds: Set<string>; flowIds: Set<string> };

/** The ids in a definition, each with its place in the JSON. */
export function listReferences(
  flow: FlowDefinition,
): { what: "connection" | "endpoint" | "flow"; id: string; path: (string | number)[] }[] {
  const { endpointId } = flow.trigger;
  const found: ReturnType<typeof listReferences> =
    endpointId === null ? [] : [{ what: "endpoint", id: endpointId, path: ["trigger", "endpointId"] }];
  for (const { step, path } of walkSteps(flow.steps)) {
    if (step.kind === "action" && step.connectionId != null)
      found.push({ what: "connection", id: step.connectionId, path: [...path, "connectionId"] });
    if (step.kind === "callFlow") found.push({ what: "flow", id: step.flowId, path: [...path, "flowId"] });
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
  const mine = (which: string[]) => ({ workspaceId, deletedAt: null, id: { in: which } });
  const [connections, endpoints, flows] = [ids("connection"), ids("endpoint"), ids("flow")];
  return {
    connectionKinds: new Map(
      connections.length === 0
        ? []
        : (await db.connection.findMany({ where: mine(connections), select: { id: true, kind: true } })).map((row) => [
            row.id,
            row.kind,
          ]),
    ),
    endpointIds: new Set(
      endpoints.length === 0
        ? []
        : (await db.endpoint.findMany({ where: mine(endpoints), select: { id: true } })).map((row) => row.id),
    ),
    flowIds: new Set(
      flows.length === 0
        ? []
        : (await db.flow.findMany({ where: mine(flows), select: { id: true } })).map((row) => row.id),
    ),
  };
}

/** The endpoint and type of an event of this workspace, or null. */
export async function findTriggerOfEvent(
  workspaceId: WorkspaceId,
  eventId: string,
  db: Db = prisma(),
): Promise<{ endpointId: string; eventType: string | null } | null> {
  return db.event.findFirst({ where: { workspaceId, id: eventId }, select: { endpointId: true, eventType: true } });
}
