import { setTimeout as pause } from "node:timers/promises";
import { BULK_CAPABILITY, toVersionChoice } from "#lib/commands/runs/bulk-wish.ts";
import { cancelRun } from "#lib/commands/runs/cancel-run.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import type { Actor } from "#lib/core/actor.ts";
import { describeError } from "#lib/core/describe-error.ts";
import { may } from "#lib/core/roles.ts";
import { findActorRole } from "#lib/db/actor-roles.ts";
import {
  advanceBulkAct,
  type BulkItem,
  type BulkStep,
  type BulkTurn,
  markActed,
  markRefused,
} from "#lib/db/advance-bulk-act.ts";
import type { Also } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { prisma } from "#lib/db/prisma.ts";
import { log } from "#lib/platform/log.ts";

/** Of a turn, no further run is begun after this: a pause waits for a turn's end. */
const TURN_MS_MAX = 400;

/** Up to this rate one run follows the other; faster acts begin their runs in order, four at a time. */
const ONE_BY_ONE_MAX = 100;
const LANES = 4;

/** How often a run is tried on which Hookline itself failed, and how long it waits in between. */
const TRIES_MAX = 3;
const BETWEEN_TRIES_MS = 50;

/** Why an act stopped whose maker may not go on with it. */
export const RIGHTS_LOST =
  "Whoever started it may no longer do this: a role was lowered, a member left, or a key revoked.";

/**
 * Takes the next turn of an act on many runs and tells pages; null when it is not under way, or another process is at
 * it. What its maker may do is looked up for every turn.
 */
export async function continueBulkAct(id: string): Promise<BulkStep | null> {
  const step = await advanceBulkAct(id, actOnRuns);
  if (step !== null && (step.acted > 0 || step.state !== "running")) announce(step.workspaceId, "runs");
  return step;
}

async function actOnRuns(turn: BulkTurn): Promise<string | null> {
  const role = await findActorRole(turn.workspaceId, turn.actor);
  if (role === null || !may(role, BULK_CAPABILITY[turn.kind])) return RIGHTS_LOST;
  const actor: Actor = { ...turn.actor, workspaceId: turn.workspaceId, role };
  const waiting = [...turn.items];
  const endMs = performance.now() + TURN_MS_MAX;
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      await actOnItem(actor, turn, item);
      if (performance.now() >= endMs) return;
    }
  };
  const lanes = turn.perSecond > ONE_BY_ONE_MAX ? LANES : 1;
  const outcomes = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return null;
}

/** Thrown inside the transaction of an act on a run that was acted on already: nothing of it happens. */
class AlreadyActed extends Error {}

/**
 * Acts on a run and notes it in one transaction, or notes why not. Where Hookline itself fails, again and again, the
 * run counts as refused, so that one run holds no other up; while the database is away nothing is noted.
 */
async function actOnItem(actor: Actor, turn: BulkTurn, item: BulkItem): Promise<void> {
  const also: Also = async (db) => {
    if (!(await markActed(item, db))) throw new AlreadyActed();
  };
  for (let tries = 1; ; tries += 1) {
    try {
      await actOnRun(actor, turn, item.runId, also);
      return;
    } catch (error) {
      if (error instanceof AlreadyActed) return;
      const described = describeError(error);
      if (described === null && tries < TRIES_MAX) {
        await pause(BETWEEN_TRIES_MS * tries);
        continue;
      }
      if (described === null) log({ runId: item.runId }).error({ error }, "an act on many runs failed at a run");
      const { code, message } = described ?? {
        code: "internal",
        message: "Hookline failed at this. Its log says why.",
      };
      await markRefused(item, { reason: code, words: message }, prisma());
      return;
    }
  }
}

async function actOnRun(actor: Actor, { kind, version }: BulkTurn, runId: string, also: Also): Promise<void> {
  switch (kind) {
    case "resume":
      return resumeRun(actor, runId, { version: toVersionChoice(version), also });
    case "replay":
      await replayRun(actor, { runId, version: toVersionChoice(version), also });
      return;
    case "cancel":
      return cancelRun(actor, runId, { also });
  }
}
