import { randomUUID } from "node:crypto";
import { idMs } from "#lib/core/ids.ts";
import { LARGE_BODY_BYTES, LARGE_BYTES_AT_ONCE } from "#lib/core/size-limits.ts";
import { SECOND } from "#lib/core/units.ts";
import { type ClaimedRun, type ClaimWish, claimRun, type HeldBackClaim, type SharedClaimWish } from "#lib/db/claims.ts";
import { isConnectionLost } from "#lib/db/connection-lost.ts";
import { writeJournal } from "#lib/db/journal.ts";
import { loadLargeBody } from "#lib/db/large-bodies.ts";
import { endOverdueDecision } from "#lib/db/overdue-decisions.ts";
import { findPublishedDefinition, type PublishedDefinition } from "#lib/db/published-definitions.ts";
import { runPool } from "#lib/db/run-pool.ts";
import { loadSavedRun, type SavedRun } from "#lib/db/saved-steps.ts";
import { settleDatabaseTime } from "#lib/db/settle-database-time.ts";
import { isSuspectRun } from "#lib/db/suspect-runs.ts";
import { throughOutage } from "#lib/db/through-outage.ts";
import { readVariables } from "#lib/db/variables.ts";
import { releaseLeases } from "#lib/db/worker-pools.ts";
import { CANARY_DEFINITION } from "#lib/engine/canary-definition.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { type RunEnding, runFlow } from "#lib/engine/run-flow.ts";
import { triggerNeeds } from "#lib/engine/trigger-needs.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { Room } from "#lib/platform/room.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { readTrigger, withOwnBody } from "#lib/preview/read-trigger.ts";
import { createRunPorts, type RunLease } from "#lib/running/run-ports.ts";
import { tellRunChanged, tellRunEnded } from "#lib/running/tell-run.ts";
import { replaceSandbox } from "#lib/sandbox/sandbox.ts";
import { SandboxUnavailable } from "#lib/sandbox/sandbox-unavailable.ts";

/** A run over which Hookline itself failed this often, with a database that answered, is not tried again by itself. */
const FAILURES_MAX = 3;

/**
 * Nothing proves a run guilty that is taken up again and again while the database or its workers go away, but it is
 * not claimed for ever: with the growing waits between them this many claims take five minutes at least.
 */
export const CLAIMS_MAX = 20;

const WAIT_MS_MAX = 30 * SECOND;

/**
 * Takes a run, works on it until it ends or must wait, and lets it go. "suspect": it was left alone, because a run that
 * may have taken workers down is worked on in a process of its own. "held back": it waits until its flow or workspace,
 * or what it calls, has a place. "done": all is written, or there was nothing to do. Throws LeaseLostError when the run
 * went to somebody else meanwhile (the job is then theirs), and any other error when not even the failure could be
 * written.
 */
export async function executeRun(runId: string, lease: RunLease): Promise<"done" | "suspect" | "held back"> {
  const leaseToken = randomUUID();
  const alone = lease.alone === true;
  lease.hold(leaseToken);
  try {
    // Ids of what the run stores must fit the database's partitions, whatever this machine slept through.
    await settleDatabaseTime();
    const { shared } = lease;
    const wish = { runId, leaseToken, poolId: lease.poolId, alone };
    const take = () =>
      claim(shared === undefined ? wish : { ...wish, inTurn: shared.inTurn, closed: shared.shares.closedGates() });
    let run = await take();
    if (run === null && (await endOverdueDecision(runId))) run = await take();
    if (run === null) return !alone && (await isSuspectRun(runId)) ? "suspect" : "done";
    if ("heldBackAt" in run) return "held back";
    shared?.place.begin(run);
    tellRunChanged(run);
    const ending = await workInBounds(run, lease);
    if (ending.kind === "finish") {
      metrics().runsFinished.inc({ status: ending.status });
      await tellRunEnded(run);
    } else tellRunChanged(run);
    return ending.kind === "release" && ending.heldBackAt !== undefined ? "held back" : "done";
  } finally {
    lease.letGo(leaseToken);
  }
}

/** An answer that got lost may have been a yes: the run is free again before anybody is told to try once more. */
async function claim(wish: ClaimWish | SharedClaimWish): Promise<ClaimedRun | HeldBackClaim | null> {
  try {
    return await claimRun(wish);
  } catch (error) {
    if (isConnectionLost(error)) await throughOutage(() => releaseLeases([wish.leaseToken], runPool()));
    throw error;
  }
}

/** What the large bodies of this process may take at once. */
const largeBodies = () =>
  singleton(
    "large-bodies",
    () => new Room({ bytesMax: LARGE_BYTES_AT_ONCE, bytesPerKeyMax: LARGE_BYTES_AT_ONCE, waitMsMax: null }),
  );

/** Runs over small bodies go on at once; those over large ones when their bytes fit beside the others'. */
async function workInBounds(run: ClaimedRun, lease: RunLease): Promise<RunEnding> {
  if (run.bodyBytes <= LARGE_BODY_BYTES) return workOnClaimed(run, lease);
  return largeBodies().during(run.flowId, run.bodyBytes, async () => {
    if (lease.isDraining()) return end(run, GIVEN_BACK);
    if (lease.large === undefined) return workOnClaimed(run, lease);
    try {
      return await lease.large(run);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      return takeUpAgain(run, error, lease.isDraining());
    }
  });
}

/** Works on a run that is held under `run.leaseToken` until it ends or must wait; throws as `executeRun` does. */
export async function workOnClaimed(run: ClaimedRun, lease: RunLease): Promise<RunEnding> {
  const tries = run.claims + run.faults;
  if (tries > CLAIMS_MAX) return end(run, claimedTooOften());
  try {
    const published = run.kind === "canary" ? CANARY : await findPublishedDefinition(run.workspaceId, run.versionId);
    if (published === null)
      return await end(run, failed("version-unreadable", "The published version of this run cannot be read."));
    const { event, ownBody } = await loadLargeBody(run);
    if (event === null && run.kind !== "canary")
      return await end(run, failed("event-gone", "The event's payload is past retention."));
    const saved = run.isFresh ? NOTHING_SAVED : await loadSavedRun(run.workspaceId, run.id);
    return await runFlow(
      {
        id: run.id,
        originRunId: run.originRunId,
        attempt: tries,
        madeAtMs: idMs(run.id),
        flowName: run.flowName,
        name: run.name,
        definition: published.definition,
        trigger: event === null ? {} : await readTrigger(withOwnBody(event, ownBody), published.needs),
        vars: await readVariables(run.workspaceId, published.variables),
        saved: saved.steps,
      },
      createRunPorts(run, lease, saved),
    );
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    const noSandbox = error instanceof SandboxUnavailable;
    if (noSandbox && !lease.isDraining()) replaceSandbox();
    return takeUpAgain(run, error, noSandbox || lease.signal.aborted || isConnectionLost(error));
  }
}

/** The worker ends before the run's turn came. */
const GIVEN_BACK: RunEnding = {
  kind: "release",
  name: null,
  status: "queued",
  wakeInMs: 0,
  progress: true,
  errorCode: null,
  errorMessage: null,
};

/**
 * A fault of the database, the sandbox or a worker that ends is forgiven; any other counts, and the last one ends the
 * run.
 */
async function takeUpAgain(run: ClaimedRun, error: unknown, forgiven: boolean): Promise<RunEnding> {
  const about = { error, claims: run.claims, faults: run.faults };
  const runLog = log({ runId: run.id, workspaceId: run.workspaceId });
  if (!forgiven && run.claims >= FAILURES_MAX) {
    runLog.error(about, "working on a run failed every time; it is not tried again");
    return end(run, failsAlways());
  }
  if (forgiven) runLog.warn(about, "what a run needs went away while it was worked on; it will be picked up again");
  else runLog.error(about, "working on a run failed; it will be picked up again");
  return end(run, {
    kind: "release",
    name: null,
    status: "queued",
    wakeInMs: Math.min((run.claims + run.faults) * SECOND, WAIT_MS_MAX),
    progress: false,
    ...(forgiven ? { forgiven } : {}),
    errorCode: "fault",
    errorMessage: forgiven
      ? "The database or the machine went away during this run; it is picked up again."
      : "Hookline itself failed while working on this run; it is picked up again.",
  });
}

const NOTHING_SAVED: SavedRun = { steps: [], last: 0 };

const CANARY: PublishedDefinition = {
  definition: CANARY_DEFINITION,
  needs: triggerNeeds(""),
  mayAnswer: false,
  variables: new Set(),
};

async function end(run: ClaimedRun, ending: RunEnding): Promise<RunEnding> {
  const write = { steps: [], attempts: [], data: [], run: ending };
  await writeJournal(run, write, { number: null, tries: run.claims + run.faults });
  return ending;
}

function failsAlways(): RunEnding {
  return failed(
    "quarantined",
    `Hookline itself failed ${FAILURES_MAX} times while working on this run, while the database answered. It ` +
      "is not tried again automatically; the log has the errors under this run's id.",
  );
}

function claimedTooOften(): RunEnding {
  return failed(
    "quarantined",
    `This run was picked up ${CLAIMS_MAX} times without getting further: each time the database or its worker ` +
      "went away. It is not tried again automatically.",
  );
}

function failed(errorCode: string, errorMessage: string): RunEnding {
  const ending = { kind: "finish", name: null, status: "failed", failedStep: null, effectCounts: {} } as const;
  return { ...ending, errorCode, errorMessage, walked: false };
}
