import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { performEffect } from "#lib/effects/perform-effect.ts";
import type { Effect, EffectOutcome } from "#lib/engine/effect.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { createEffectPorts } from "#lib/running/effect-ports.ts";

/**
 * Performs an effect of a workspace with its connections and permissions. `place` is the run's step, null outside of
 * runs.
 */
export async function performEffectFor(
  workspaceId: WorkspaceId,
  effect: Effect,
  options: { place: { runId: string; stepPath: string } | null; signal: AbortSignal },
): Promise<EffectOutcome> {
  return performEffect(effect, {
    workspaceId,
    ports: createEffectPorts(workspaceId),
    place: options.place,
    // A person pressed the button and sees the outcome: what may have arrived is theirs to send again.
    mayRepeat: false,
    signal: options.signal,
    now: databaseNow,
    publicHost: new URL(publicUrl()).hostname,
  });
}
