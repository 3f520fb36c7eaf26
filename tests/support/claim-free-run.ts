import { type ClaimedRun, type ClaimWish, claimRun } from "#lib/db/claims.ts";

/** Claims a run that no gate holds back. */
export async function claimFreeRun(wish: ClaimWish): Promise<ClaimedRun | null> {
  const run = await claimRun(wish);
  if (run !== null && "heldBackAt" in run) throw new Error(`Held back at ${run.heldBackAt.kind}.`);
  return run;
}
