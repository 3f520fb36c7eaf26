import { requireActor } from "#lib/auth/require-actor.ts";
import { BusyError } from "#lib/core/errors.ts";
import { may } from "#lib/core/roles.ts";
import { countRunsUpTo } from "#lib/db/run-list.ts";
import type { Run } from "#lib/db/runs.ts";
import type { BulkFilterView } from "#lib/views/bulk-views.ts";

/** So many are counted on a run's page; the dialog counts them all. */
const COUNTED_MAX = 1_000;

/** Runs that failed as one did, and how many these are in words; null count: they could not be counted in time. */
export type AlikeRuns = { filter: BulkFilterView; count: string | null };

/**
 * The runs of the same flow that failed at the same step with the same error, for somebody who may resume them; null
 * for a run that did not fail so, or where it is the only one.
 */
export async function loadAlikeRuns(
  run: Pick<Run, "status" | "flowId" | "failedStep" | "errorCode" | "kind">,
): Promise<AlikeRuns | null> {
  const actor = await requireActor();
  const { status, flowId, failedStep, errorCode, kind } = run;
  if (status !== "failed" || failedStep === null || errorCode === null || !may(actor.role, "run.resume")) return null;
  const ofTests = kind === "test" ? { kind } : {};
  const filter = { statuses: [status], flowId, failedStep, errorCode, ...ofTests };
  try {
    const count = await countRunsUpTo(actor.workspaceId, filter, COUNTED_MAX + 1);
    if (count <= 1) return null;
    const words = count > COUNTED_MAX ? `more than ${COUNTED_MAX.toLocaleString("en")}` : count.toLocaleString("en");
    return { filter, count: words };
  } catch (error) {
    if (error instanceof BusyError) return { filter, count: null };
    throw error;
  }
}
