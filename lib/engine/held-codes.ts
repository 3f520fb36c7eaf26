/**
 * Why a step's effect was held: nothing was sent, and a setting can let it out. The step waits for a person, who allows
 * it, tries again or gives up.
 */
export const HELD_CODES = ["egress-private-address", "egress-port", "connection-other-host"] as const;

/** One of the reasons a step is held. */
export type HeldCode = (typeof HELD_CODES)[number];

/** Says whether a step's error code means that it was held by a setting. */
export function isHeldCode(code: string | null): code is HeldCode {
  return (HELD_CODES as readonly (string | null)[]).includes(code);
}
