import { requireActor } from "#lib/auth/require-actor.ts";
import { may } from "#lib/core/roles.ts";
import { type BrakeView, readBrake } from "#lib/db/brake-view.ts";
import { findBrake } from "#lib/db/brakes.ts";

/** The brake with what this person may do about it; `brake` is null while it is off. */
export type BrakePage = { brake: BrakeView | null; may: { pull: boolean; release: boolean } };

/** Loads the workspace's brake. */
export async function loadBrake(): Promise<BrakePage> {
  const actor = await requireActor();
  return {
    brake: await readBrake(actor.workspaceId),
    may: { pull: may(actor.role, "brake.pull"), release: may(actor.role, "brake.release") },
  };
}

/** Whether the workspace's brake is on. */
export async function isBraked(): Promise<boolean> {
  const { workspaceId } = await requireActor();
  return (await findBrake(workspaceId)) !== null;
}
