import { SECOND } from "#lib/core/units.ts";

/** How often a process of ours tells whoever started it that its main thread goes on. */
export const LIFE_SIGN_EVERY_MS = 1 * SECOND;

/** What it says. */
export const LIFE_SIGN = { kind: "alive" } as const;

/**
 * Tells the supervisor once a second, from now until the process ends, that this process lives. A process that is
 * stopped or spins says nothing, and is replaced. Started by somebody else, it says nothing to anybody.
 */
export function giveLifeSigns(): void {
  const say = () => {
    // A channel that closes at this moment is a supervisor that is gone: `disconnect` follows.
    if (process.connected) process.send?.(LIFE_SIGN, undefined, undefined, () => undefined);
  };
  say();
  setInterval(say, LIFE_SIGN_EVERY_MS).unref();
}
