import { gracefulStopMs } from "./limits.ts";

/** The time limit JSONata asks for at every step of an evaluation. */
export type EvaluationClock = {
  /** Begins a new evaluation that may take `deadlineMs` of processor time. */
  start(deadlineMs: number): void;
  /** Milliseconds after the start at which JSONata stops by itself; grows while this process waits for a processor. */
  limitMs(): number;
};

/** A clock for one process and one evaluation at a time. */
export function createEvaluationClock(): EvaluationClock {
  let startedAt = 0;
  let startedCpuMs = 0;
  let allowedMs = 0;
  let limit = 0;
  return {
    start(deadlineMs) {
      startedAt = Date.now();
      startedCpuMs = cpuMs();
      allowedMs = Math.max(deadlineMs / 2, deadlineMs - gracefulStopMs);
      limit = allowedMs;
    },
    limitMs() {
      const tookMs = Date.now() - startedAt;
      // Only an evaluation that would be stopped pays for looking at the processor time; what is left of that is the
      // soonest it can be used up.
      if (tookMs > limit) {
        const leftMs = allowedMs - (cpuMs() - startedCpuMs);
        if (leftMs > 0) limit = tookMs + Math.ceil(leftMs);
      }
      return limit;
    },
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
