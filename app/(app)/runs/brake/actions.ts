"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { pullBrake } from "#lib/commands/runs/pull-brake.ts";
import { type BrakeRelease, releaseBrake } from "#lib/commands/runs/release-brake.ts";

/** Puts the workspace's brake on. */
export async function pullBrakeAction(reason: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await pullBrake(actor, { reason });
    revalidatePath("/", "layout");
  });
}

/** Releases the brake, whole or in part. */
export async function releaseBrakeAction(release: BrakeRelease) {
  const actor = await requireActor();
  return runAction(async () => {
    await releaseBrake(actor, release);
    revalidatePath("/", "layout");
  });
}
