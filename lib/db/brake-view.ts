import type { WorkspaceId } from "#lib/core/ids.ts";
import { countBraked, findBrake } from "#lib/db/brakes.ts";
import { listFlowNames } from "#lib/db/flows.ts";

/** The workspace's brake as people see it, with what waits at it. */
export type BrakeView = {
  since: Date;
  reason: string;
  perMinute: number | null;
  /** Flows that go on, and those of which runs wait, by name; `waiting`: how many. */
  flows: { id: string; name: string; waiting: number; released: boolean }[];
};

/** The workspace's brake, or null while it is off. */
export async function readBrake(workspaceId: WorkspaceId): Promise<BrakeView | null> {
  const brake = await findBrake(workspaceId);
  if (brake === null) return null;
  const waiting = new Map((await countBraked(workspaceId)).map(({ flowId, runs }) => [flowId, runs]));
  const names = new Map((await listFlowNames(workspaceId)).map(({ id, name }) => [id, name]));
  const ids = new Set([...waiting.keys(), ...brake.releasedFlows]);
  const flows = [...ids].map((id) => ({
    id,
    name: names.get(id) ?? "a removed flow",
    waiting: waiting.get(id) ?? 0,
    released: brake.releasedFlows.includes(id),
  }));
  const { since, reason, perMinute } = brake;
  return { since, reason, perMinute, flows: flows.sort((a, b) => b.waiting - a.waiting || (a.name < b.name ? -1 : 1)) };
}
