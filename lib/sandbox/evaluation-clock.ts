import { fairCpuShare, gracefulStopMs, starvedDeadlines } from "./limits.ts";

/** The time limit JSONata asks for at every step of an evaluation. */
export type EvaluationClock = {
  /** Begins a new evaluation. */
  start(deadlineMs: number): void;
  /** Milliseconds after the start at which JSONata stops by itself; grows while this process waits for a processor. */
  limitMs(): number;
};

const extensionMs = 100;

/** A clock for one process and one evaluation at a time. */
export function createEvaluationClock(): EvaluationClock {
  let startedAt = 0;
  let startedCpuMs = 0;
  let limit = 0;
  let fairMs = 0;
  let endMs = 0;
  return {
    start(deadlineMs) {
      startedAt = Date.now();
      startedCpuMs = cpuMs();
      limit = Math.max(1, deadlineMs - gracefulStopMs);
      fairMs = deadlineMs * fairCpuShare;
      endMs = deadlineMs * starvedDeadlines;
    },
    limitMs() {
      // Only an evaluation that is late already pays for looking at the processor time.
      while (Date.now() - startedAt > limit && limit < endMs && cpuMs() - startedCpuMs < fairMs) limit += extensionMs;
      return limit;
    },
  };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
