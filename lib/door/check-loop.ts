import { refusedBy, type Stage } from "#lib/door/passing.ts";
import { refuse } from "#lib/door/refusals.ts";

/** Runs that may follow from one another by calls; a request that comes after so many is not taken. */
export const HOPS_MAX = 5;

/**
 * Ends the loop of a flow that feeds itself: a request that came through too many runs of this instance is refused with
 * a status that no step tries again.
 */
export const checkLoop: Stage = (passing) => {
  const hops = passing.ports.hopsOf(passing.head.headers);
  if (hops === 0) return null;
  if (hops > HOPS_MAX)
    return refusedBy(
      passing,
      refuse(
        "loop",
        `It came through ${hops} runs of this instance, one calling the next: a flow feeds itself. At most ` +
          `${HOPS_MAX} are taken.`,
      ),
    );
  const message = `It came through ${hops} ${hops === 1 ? "run" : "runs"} of this instance.`;
  passing.checks.push({ id: "loop", status: "passed", message });
  return null;
};
