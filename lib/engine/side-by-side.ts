import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { StepResult } from "#lib/engine/step-results.ts";

/** Lists of steps that run side by side: `run` begins one of them, `endsAt` says whether no further one begins. */
type SideBySide = {
  count: number;
  atOnce: number;
  run: (frame: RunFrame, index: number) => Promise<StepResult>;
  endsAt: (result: StepResult) => boolean;
};

/**
 * Runs lists of steps side by side, at most `atOnce` at a time and in order; resolves when all that were begun have
 * ended or wait. One result each, undefined for those never begun. After a stop step no further step begins anywhere
 * among them; what is under way comes to its end.
 */
export async function runSideBySide(
  frame: RunFrame,
  { count, atOnce, run, endsAt }: SideBySide,
): Promise<(StepResult | undefined)[]> {
  const results: (StepResult | undefined)[] = new Array<StepResult | undefined>(count).fill(undefined);
  let next = 0;
  let ended = false;
  let stopped = false;
  const inner: RunFrame = {
    ...frame,
    isConcurrent: frame.isConcurrent || Math.min(atOnce, count) > 1,
    isStopped: () => stopped || frame.isStopped(),
  };
  const lane = async () => {
    while (!ended && next < count) {
      const index = next;
      next += 1;
      const result = await run(inner, index);
      results[index] = result;
      if (result.kind === "stopped") stopped = ended = true;
      else if (endsAt(result)) ended = true;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  return results;
}
