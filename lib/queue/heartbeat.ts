import os from "node:os";
import { SECOND } from "#lib/core/units.ts";
import {
  beatWorkerPool,
  insertWorkerPool,
  listLeaseTokens,
  POOL_SILENCE_MS_MAX,
  releaseLeases,
} from "#lib/db/worker-pools.ts";
import { log } from "#lib/platform/log.ts";

const BEAT_EVERY_MS = 2 * SECOND;
const BEAT_AGAIN_MS = 250;
/** Beats older than this prove nothing: well before others may declare this pool dead. */
const PROOF_MS_MAX = POOL_SILENCE_MS_MAX - 1 * SECOND;

/** The life sign of one pool. */
export type Heartbeat = {
  /** Resolves when the pool is known to the database; nothing may be claimed before. */
  registered: Promise<void>;
  /** Whether this process can be sure that nobody has declared the pool dead: by its own monotonic clock. */
  isProven(): boolean;
  /** A lease token is held from just before its claim until its handler is done. */
  hold(token: string): void;
  letGo(token: string): void;
  stop(): void;
};

/** Beats for a pool every 2 s until stopped; calls `onDead` once when the pool turns out to have been declared dead. */
export function startHeartbeat(poolId: string, onDead: () => void): Heartbeat {
  const held = new Set<string>();
  let provenAtMs = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const registered = (async () => {
    for (;;) {
      // Measured before the question goes out: the answer may have been long under way.
      const askedAtMs = performance.now();
      try {
        await insertWorkerPool({ id: poolId, host: os.hostname(), pid: process.pid });
        provenAtMs = askedAtMs;
        return;
      } catch (error) {
        if (stopped) throw error;
        await new Promise((resolve) => setTimeout(resolve, BEAT_AGAIN_MS));
      }
    }
  })();
  registered.catch(() => undefined);

  const beat = async () => {
    const askedAtMs = performance.now();
    try {
      if (!(await beatWorkerPool(poolId))) {
        stopped = true;
        onDead();
        return;
      }
      provenAtMs = askedAtMs;
      // Tokens are held before their claim and never again after: one not held when the answer is here is leaked.
      const leaked = (await listLeaseTokens(poolId)).filter((token) => !held.has(token));
      // Most of them were given back while the answer was under way.
      const released = leaked.length === 0 ? 0 : await releaseLeases(leaked);
      if (released > 0) log().warn({ released }, "gave back leases that no handler held any more");
      schedule(BEAT_EVERY_MS);
    } catch (error) {
      log().warn({ error }, "a heartbeat failed");
      schedule(BEAT_AGAIN_MS);
    }
  };
  const schedule = (delayMs: number) => {
    if (!stopped) timer = setTimeout(() => void beat(), delayMs);
  };
  void registered.then(() => schedule(BEAT_EVERY_MS)).catch(() => undefined);

  return {
    registered,
    isProven: () => performance.now() - provenAtMs < PROOF_MS_MAX,
    hold: (token) => void held.add(token),
    letGo: (token) => void held.delete(token),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
