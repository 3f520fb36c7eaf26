import type { Job } from "./create-pool.ts";

/** Jobs that wait for a child, first come first served among equals. */
export type JobQueue = {
  push(job: Job): void;
  /** Puts jobs back at the front, in their order: they have waited before. */
  pushFront(jobs: readonly Job[]): void;
  /** The first job of an asker that is not slow; without one, the first job where `orSlow`; null when there is none. */
  take(slowAskers: ReadonlySet<string>, orSlow: boolean): Job | null;
  size(): number;
  /** All of them, taken out. */
  drain(): Job[];
};

const compactFrom = 1024;

/** An empty queue; taking from the front costs no move of the rest. */
export function createJobQueue(): JobQueue {
  // Null where a job was taken out: it may hold a body of 16 MiB, and is not to be kept until the places are cleared.
  let jobs: (Job | null)[] = [];
  let first = 0;

  function compact(): void {
    jobs = jobs.slice(first);
    first = 0;
  }

  return {
    push: (job) => void jobs.push(job),
    pushFront(returned) {
      if (returned.length === 0) return;
      compact();
      jobs = [...returned, ...jobs];
    },
    take(slowAskers, orSlow) {
      let index = first;
      if (slowAskers.size > 0) {
        const fair = jobs.findIndex((job) => job !== null && !slowAskers.has(job.fairnessKey));
        if (fair === -1 && !orSlow) return null;
        if (fair !== -1) index = fair;
      }
      const job = jobs[index] ?? null;
      if (job === null) return null;
      if (index === first) jobs[first++] = null;
      else jobs.splice(index, 1);
      if (first > compactFrom && first * 2 > jobs.length) compact();
      return job;
    },
    size: () => jobs.length - first,
    drain() {
      compact();
      return jobs.splice(0).filter((job) => job !== null);
    },
  };
}
