import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { flowOf } from "./memory-run.ts";

/** Puts a live flow of these steps on an endpoint, straight into the database, and gives its id. */
export async function listenWith({ workspaceId }: Actor, endpointId: string, steps: Step[]): Promise<string> {
  const [flowId, versionId] = [newId(), newId()];
  const definition = JSON.stringify(flowOf(steps));
  const hash = "0".repeat(64);
  await prisma().flow.create({
    data: { id: flowId, workspaceId, name: "Flow", draft: definition, on: true, liveVersionId: versionId },
  });
  await prisma().flowVersion.create({ data: { id: versionId, workspaceId, flowId, number: 1, definition, hash } });
  await prisma().flowTrigger.create({ data: { endpointId, flowId, versionId, workspaceId, eventTypes: [] } });
  return flowId;
}
