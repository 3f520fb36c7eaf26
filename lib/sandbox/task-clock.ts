/** Watches how long the first task of a child has been at work. */
export type TaskClock = {
  /** Begins with a new task, or with the next answer of the same one. */
  start(): void;
  /** Wall time since the start, in milliseconds. */
  ageMs(): number;
  /**
   * Looks whether the task had the processor for as long as it may; true when it was so at the last look too. When this
   * process itself was held up, the answer is read between the two.
   */
  isLate(deadlineMs: number): boolean;
};

/**
 * A clock over one process. A task that waits for a processor is not late, however long that takes; one whose process
 * used none for `standstillMs` sleeps, and is. Never late before the time on the wall, because threads count as well.
 * `cpuMs`: processor time of the process since its start; null where the system does not tell, and wall time decides.
 */
export function createTaskClock(cpuMs: () => number | null, standstillMs: number): TaskClock {
  let startedAt = 0;
  let startedCpuMs: number | null = null;
  /** The last look that found the process had used the processor. */
  let moved: { at: number; cpuMs: number | null } = { at: 0, cpuMs: null };
  let wasLate = false;

  function isLateNow(deadlineMs: number): boolean {
    const now = performance.now();
    const usedMs = cpuMs();
    startedCpuMs ??= usedMs;
    if (usedMs !== moved.cpuMs) moved = { at: now, cpuMs: usedMs };
    if (now - startedAt < deadlineMs) return false;
    if (usedMs === null || startedCpuMs === null) return true;
    return usedMs - startedCpuMs >= deadlineMs || now - moved.at >= standstillMs;
  }

  return {
    start() {
      startedAt = performance.now();
      startedCpuMs = null;
      moved = { at: startedAt, cpuMs: null };
      wasLate = false;
    },
    ageMs: () => performance.now() - startedAt,
    isLate(deadlineMs) {
      const before = wasLate;
      wasLate = isLateNow(deadlineMs);
      return wasLate && before;
    },
  };
}
