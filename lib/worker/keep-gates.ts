import { SECOND } from "#lib/core/units.ts";
import { listBrakes } from "#lib/db/brakes.ts";
import {
  countUntakenTurns,
  type LinedGate,
  letThroughBrakes,
  listLinedGates,
  openGates,
} from "#lib/db/held-back-runs.ts";
import { log } from "#lib/platform/log.ts";
import type { Shares } from "#lib/running/shares.ts";

/** While runs go through a gate, while some wait at one, and while none does. */
const MOVING_MS = 50;
const WAITING_MS = SECOND / 4;
const IDLE_MS = SECOND;

/** Opens gates. */
export type GateKeeper = {
  /** A run was held back just now: look before the usual time. */
  lookSoon(): void;
  stop(): void;
};

/**
 * Whether those who were let through last still wait for a worker: nothing is known of how slow they are, and on a busy
 * machine hundreds would be let through, only to be held back again one by one.
 */
async function areTurnsUntaken(shares: Shares): Promise<boolean> {
  return (await countUntakenTurns(shares.places + 1)) > shares.places;
}

async function openFor(gates: readonly LinedGate[], shares: Shares): Promise<number> {
  const isBraked = (gate: LinedGate) => gate.kind === "brake" && shares.isBraked(gate.workspaceId, gate.key);
  // What waited at a brake that is off by now goes on as fast as this worker takes it.
  const room = (gate: LinedGate) => (gate.kind === "brake" ? 2 * shares.places : shares.room(gate));
  const wishes = gates.filter((gate) => !isBraked(gate)).map((gate) => ({ gate, count: room(gate) }));
  const open = wishes.filter(({ count }) => count > 0);
  const braked = gates.filter(isBraked);
  const through = braked.length === 0 ? 0 : await letThroughBrakes(braked);
  return through + (open.length === 0 ? 0 : await openGates(open));
}

/**
 * Opens the gates at which runs are held back, each for as many as this worker has room for. Every worker does so for
 * itself and from what is stored, so a run that was held back by a worker that died is taken up by another, within a
 * second.
 */
export function keepGates(shares: Shares): GateKeeper {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let nextAtMs = Number.POSITIVE_INFINITY;
  let looking = false;
  let soon = false;

  const look = async () => {
    looking = true;
    soon = false;
    let waitMs = IDLE_MS;
    try {
      shares.setBrakes(await listBrakes());
      const gates = await listLinedGates();
      shares.setLines(gates);
      const isMoving = gates.length > 0 && ((await areTurnsUntaken(shares)) || (await openFor(gates, shares)) > 0);
      if (gates.length > 0) waitMs = isMoving ? MOVING_MS : WAITING_MS;
    } catch (error) {
      if (!stopped) log().warn({ error }, "opening gates failed");
    }
    looking = false;
    schedule(soon ? Math.min(waitMs, WAITING_MS) : waitMs);
  };
  const schedule = (waitMs: number) => {
    if (stopped) return;
    clearTimeout(timer);
    nextAtMs = performance.now() + waitMs;
    timer = setTimeout(() => void look(), waitMs);
  };
  schedule(0);
  return {
    lookSoon() {
      if (looking) soon = true;
      else if (nextAtMs - performance.now() > WAITING_MS) schedule(WAITING_MS);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
