import { setTimeout as pause } from "node:timers/promises";
import { readMissed } from "#lib/commands/flows/read-missed.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import type { Actor } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { type CatchUp, findLastCatchUp } from "#lib/db/catch-ups.ts";
import { findWorkspaceOfFlow } from "#lib/db/flows.ts";
import { sendLiveNews } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { plannedWords } from "#lib/engine/count-effects.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { continueCatchUp } from "#lib/upkeep/continue-catch-up.ts";

/** What is done with a flow: looked at, turned off, or turned on with what of the events it missed. */
export type SwitchHere = "look" | "off" | { missed: "none" | "last" | "all" };

const LOOK_AGAIN_MS = 200;

/**
 * Switches a flow for whoever can run commands on the server: it asks for no role. Returns what came of it in one
 * sentence, once every run that was asked for is started. Throws like turnFlowOn.
 */
export async function switchFlowHere(flowId: string, wish: SwitchHere): Promise<string> {
  const workspaceId = await findWorkspaceOfFlow(flowId);
  if (workspaceId === null) throw new NotFoundError("flow");
  const actor: Actor = { kind: "system", id: "command line", workspaceId, role: "owner" };
  try {
    if (wish === "look") return await describeMissed(actor, flowId);
    if (wish === "off") {
      await turnFlowOff(actor, flowId);
      return "The flow is off. Runs under way go on to their end; events are kept.";
    }
    const { catchUp } = await turnFlowOn(actor, flowId, { run: wish.missed });
    const ended = catchUp === null ? null : await untilEnded(actor, catchUp);
    if (ended === null) return "The flow is on.";
    return `The flow is on. Runs for missed events started: ${ended.started} of ${ended.total}.`;
  } finally {
    await sendLiveNews();
    await closeSandbox();
    await pool().end();
  }
}

async function describeMissed(actor: Actor, flowId: string): Promise<string> {
  const { count, more, effects } = await readMissed(actor, flowId, "live");
  return count === 0 ? "No event passed this flow by the last time it was off." : plannedWords(count, more, effects);
}

/** Starts what is left here too, so that it is done whether or not a web process runs. */
async function untilEnded(actor: Actor, catchUp: CatchUp): Promise<CatchUp> {
  let at: CatchUp | null = catchUp;
  while (at?.state === "running") {
    at = await continueCatchUp(catchUp.id);
    if (at !== null) continue;
    await pause(LOOK_AGAIN_MS);
    at = await findLastCatchUp(actor.workspaceId, catchUp.flowId);
  }
  return at ?? catchUp;
}
