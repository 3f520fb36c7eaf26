import type { ChildProcess } from "node:child_process";
import { LIFE_SIGN_EVERY_MS } from "#lib/platform/life-signs.ts";

/** A process loads its code and opens its database before its first sign; a machine with much to do takes its time. */
const FIRST_SIGN_MS_MAX = 120_000;

/**
 * Calls `onSilent` once when a child has given no sign of life for `silentMsMax`. Counts its own looks, so that a
 * machine that slept, or a supervisor that was stopped together with its child, does not take the child for hung.
 */
export function watchLifeSigns(child: ChildProcess, silentMsMax: number, onSilent: () => void): { stop(): void } {
  let looks = 0;
  let looksMax = FIRST_SIGN_MS_MAX / LIFE_SIGN_EVERY_MS;
  child.on("message", () => {
    looks = 0;
    looksMax = silentMsMax / LIFE_SIGN_EVERY_MS;
  });
  const looking = setInterval(() => {
    looks += 1;
    if (looks <= looksMax) return;
    clearInterval(looking);
    onSilent();
  }, LIFE_SIGN_EVERY_MS);
  return { stop: () => clearInterval(looking) };
}
