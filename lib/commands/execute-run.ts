import { randomUUID } from "node:crypto";
import { readTrigger, withOwnBody } from "#lib/commands/read-trigger.ts";
import { createRunPorts, type RunLease } from "#lib/commands/run-ports.ts";
import { SECOND } from "#lib/core/units.ts";
import { type ClaimedRun, claimRun } from "#lib/db/claims.ts";
import { notifyAnswererEnded } from "#lib/db/event-answers.ts";
import { writeJournal } from "#lib/db/journal.ts";
import { announce } from "#lib/db/live.ts";
import { findPublishedDefinition, type PublishedDefinition } from "#lib/db/published-definitions.ts";
import { loadSavedSteps } from "#lib/db/saved-steps.ts";
import { CANARY_DEFINITION } from "#lib/engine/canary-definition.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { type RunEnding, runFlow } from "#lib/engine/run-flow.ts";
import { triggerNeeds } from "#lib/engine/trigger-needs.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";

/** A run taken up this often without getting further is not tried again by itself. */
export const CLAIMS_MAX = 3;

/**
 * Takes a run, works on it until it ends or must wait, and lets it go. Returns when there was nothing to do or all is
 * written; throws LeaseLostError when the run went to somebody else meanwhile (the job is then theirs), and any other
 * error when not even the failure could be written.
 */
export async function executeRun(runId: string, lease: RunLease): Promise<void> {
  const leaseToken = randomUUID();
  lease.hold(leaseToken);
  try {
    const run = await claimRun({ runId, leaseToken, poolId: lease.poolId });
    if (run === null) return;
    tell(run);
    const ending = await workOn(run, lease);
    if (ending.kind === "finish") metrics().runsFinished.inc({ status: ending.status });
    tell(run);
    if (ending.kind === "finish") await tellWaitingSender(run);
  } finally {
    lease.letGo(leaseToken);
  }
}

function tell(run: ClaimedRun): void {
  if (run.kind === "canary") return;
  announce(run.workspaceId, `run:${run.id}`);
  announce(run.workspaceId, "runs");
}

/** A sender that waits for an answer need not wait on once no run can give it. Where this is not sent, the deadline ends the wait. */
async function tellWaitingSender(run: ClaimedRun): Promise<void> {
  if (run.kind !== "event") return;
  try {
    const published = await findPublishedDefinition(run.workspaceId, run.versionId);
    if (published?.mayAnswer === true) await notifyAnswererEnded(run.eventId);
  } catch (error) {
    log({ runId: run.id }).debug({ error }, "the end of a run was not told to a waiting sender");
  }
}

async function workOn(run: ClaimedRun, lease: RunLease): Promise<RunEnding> {
  if (run.claims > CLAIMS_MAX) return end(run, quarantine());
  try {
    const published = run.kind === "canary" ? CANARY : await findPublishedDefinition(run.workspaceId, run.versionId);
    if (published === null) return await end(run, failed("version-unreadable", "The published version of this run cannot be read."));
    if (run.event === null && run.kind !== "canary") return await end(run, failed("event-gone", "The event's payload is past retention."));
    return await runFlow(
      {
        id: run.id,
        originRunId: run.originRunId,
        attempt: run.claims,
        flowName: run.flowName,
        name: run.name,
        definition: published.definition,
        trigger: run.event === null ? {} : await readTrigger(withOwnBody(run.event, run.ownBody), published.needs),
        vars: {},
        saved: run.isFresh ? [] : await loadSavedSteps(run.workspaceId, run.id),
      },
      createRunPorts(run, lease),
    );
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    log({ runId: run.id, workspaceId: run.workspaceId }).error(
      { error, claims: run.claims },
      "working on a run failed; it will be taken up again",
    );
    return end(run, {
      kind: "release",
      name: null,
      status: "queued",
      wakeInMs: run.claims * SECOND,
      progress: false,
      errorCode: "fault",
      errorMessage: "Hookline itself failed while working on this run; it is taken up again.",
    });
  }
}

const CANARY: PublishedDefinition = { definition: CANARY_DEFINITION, needs: triggerNeeds(""), mayAnswer: false };

async function end(run: ClaimedRun, ending: RunEnding): Promise<RunEnding> {
  await writeJournal(run.id, run.leaseToken, { steps: [], attempts: [], data: [], run: ending }, run.claims);
  return ending;
}

function quarantine(): RunEnding {
  return failed(
    "quarantined",
    `This run was taken up ${CLAIMS_MAX} times and never got further: each time its worker was lost or failed. It is not tried again by itself.`,
  );
}

function failed(errorCode: string, errorMessage: string): RunEnding {
  return { kind: "finish", name: null, status: "failed", errorCode, errorMessage, failedStep: null, effectCounts: {} };
}
