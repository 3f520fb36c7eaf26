import { type ChildLink, forkChild } from "./child-link.ts";
import { childRssBytesMax } from "./limits.ts";
import type { FromChild, Task, ToChild } from "./protocol.ts";

/** Why a task got no answer from a child. */
export type Failure = "timeout" | "memory";

/** One task in the pool's care. Answers arrive in order of index; `fail` answers for the index that was running. */
export type Job = {
  task: Task;
  deadlineMs: number;
  /** Who asks; an asker whose tasks are slow right now comes after the others. */
  fairnessKey: string;
  answer(message: Exclude<FromChild, { kind: "ready" }>): { done: boolean };
  /** Records the failure and returns the task that is left to do, or null when nothing is. */
  fail(failure: Failure): Task | null;
  /** The pool itself is at fault: closed, or its processes do not start. */
  reject(fault: Error): void;
  losses: number;
};

/** A warm pool of killable children. */
export type Pool = {
  run(job: Job): void;
  /** Resolves when every child is warm. */
  ready(): Promise<void>;
  stats(): { children: number; ready: number; busy: number; queued: number; killed: number; pids: number[] };
  close(): Promise<void>;
};

type Slot = {
  link: ChildLink;
  ready: boolean;
  inFlight: Job[];
  headSince: number;
};

const inFlightMax = 8;
const tickMs = 20;
/** A task that runs this long is slow: what waits behind it moves to another child. */
const slowMs = 25;
const lossesMax = 2;
const startFailuresMax = 20;

/**
 * Starts `children` processes and keeps that many. A child that is late or too large is killed; the task that ran
 * fails, its neighbours in the same child run again elsewhere and never notice.
 */
export function createPool(children: number): Pool {
  const slots = new Set<Slot>();
  const dying = new Set<Slot>();
  let waiting: Job[] = [];
  let waitingFrom = 0;
  let killed = 0;
  let startFailures = 0;
  let closed = false;
  let ticker: ReturnType<typeof setInterval> | null = null;
  let lastTickAt = 0;
  const readyWaiters: { resolve(): void; reject(fault: Error): void }[] = [];
  const goneWaiters: (() => void)[] = [];

  function addChild(): void {
    const slot: Slot = {
      link: forkChild(
        (message) => receive(slot, message),
        (outOfMemory) => lose(slot, outOfMemory),
      ),
      ready: false,
      inFlight: [],
      headSince: 0,
    };
    slots.add(slot);
  }

  function allReady(): boolean {
    return slots.size > 0 && [...slots].every((slot) => slot.ready);
  }

  function tellReady(): void {
    if (allReady()) for (const waiter of readyWaiters.splice(0)) waiter.resolve();
  }

  function receive(slot: Slot, message: FromChild): void {
    if (message.kind === "ready") {
      slot.ready = true;
      startFailures = 0;
      tellReady();
      dispatch();
      return;
    }
    const head = slot.inFlight[0];
    // An answer to a task that moved elsewhere in the meantime.
    if (head === undefined || head.task.taskId !== message.taskId) return;
    slot.headSince = performance.now();
    if (head.answer(message).done) {
      slot.inFlight.shift();
      dispatch();
      if (slot.inFlight.length === 0 && slots.size > children && waitingFrom === waiting.length) retire(slot);
    }
  }

  /** Ends a child that was only added because all others were slow. */
  function retire(slot: Slot): void {
    slots.delete(slot);
    dying.add(slot);
    slot.link.kill();
  }

  /** Kills a child for what its first task does. Nobody waits for the system to clear its memory away. */
  function condemn(slot: Slot, verdict: Failure): void {
    killed++;
    retire(slot);
    replace(slot, verdict);
  }

  function lose(slot: Slot, outOfMemory: boolean): void {
    const expected = dying.delete(slot);
    const unexpected = slots.delete(slot);
    if (slots.size === 0 && dying.size === 0) for (const resolve of goneWaiters.splice(0)) resolve();
    if (closed || expected || !unexpected) return;
    if (!slot.ready) startFailures++;
    if (startFailures >= startFailuresMax) return rejectAll(new Error("The sandbox processes do not start."));
    replace(slot, outOfMemory ? "memory" : null);
  }

  function replace(slot: Slot, verdict: Failure | null): void {
    const [head, ...neighbours] = slot.inFlight;
    slot.inFlight = [];
    if (slots.size < children) addChild();
    tellReady();
    requeue(neighbours);
    if (head !== undefined) settleLost(head, verdict);
    dispatch();
  }

  /** A child that ended for no known reason was killed from outside, by a person or the system: one more try tells. */
  function settleLost(head: Job, verdict: Failure | null): void {
    if (verdict === null && head.losses === 0) {
      head.losses++;
      requeue([head]);
      return;
    }
    const rest = head.fail(verdict ?? "memory");
    if (rest === null) return;
    head.losses++;
    if (head.losses > lossesMax) {
      let left: Task | null = rest;
      while (left !== null) left = head.fail(verdict ?? "memory");
      return;
    }
    head.task = rest;
    requeue([head]);
  }

  function rejectAll(fault: Error): void {
    const unfinished = [...[...slots].flatMap((slot) => slot.inFlight), ...waiting.slice(waitingFrom)];
    for (const slot of slots) slot.inFlight = [];
    waiting = [];
    waitingFrom = 0;
    keepTicking();
    for (const job of unfinished) job.reject(fault);
    for (const waiter of readyWaiters.splice(0)) waiter.reject(fault);
  }

  function requeue(jobs: Job[]): void {
    waiting = [...jobs, ...waiting.slice(waitingFrom)];
    waitingFrom = 0;
  }

  function dispatch(): void {
    while (waitingFrom < waiting.length) {
      const slot = leastLoaded();
      if (slot === null) break;
      send(slot, takeNext());
    }
    if (waitingFrom > 1024 && waitingFrom * 2 > waiting.length) requeue([]);
    keepTicking();
  }

  /** The first job of an asker that holds no child up; without one, the first job. Call only when something waits. */
  function takeNext(): Job {
    const slow = slowAskers();
    let index = waitingFrom;
    if (slow.size > 0) {
      const fair = waiting.findIndex((job, at) => at >= waitingFrom && !slow.has(job.fairnessKey));
      if (fair !== -1) index = fair;
    }
    const job = waiting[index] as Job;
    if (index === waitingFrom) waitingFrom++;
    else waiting.splice(index, 1);
    return job;
  }

  function slowAskers(): Set<string> {
    const askers = new Set<string>();
    const now = performance.now();
    for (const slot of slots) {
      const head = slot.inFlight[0];
      if (head !== undefined && now - slot.headSince > slowMs) askers.add(head.fairnessKey);
    }
    return askers;
  }

  function leastLoaded(): Slot | null {
    let best: Slot | null = null;
    const now = performance.now();
    for (const slot of slots) {
      if (!slot.ready || slot.inFlight.length >= inFlightMax) continue;
      if (slot.inFlight.length > 0 && now - slot.headSince > slowMs) continue;
      if (best === null || slot.inFlight.length < best.inFlight.length) best = slot;
    }
    return best;
  }

  function send(slot: Slot, job: Job): void {
    if (slot.inFlight.length === 0) slot.headSince = performance.now();
    slot.inFlight.push(job);
    slot.link.send(job.task satisfies ToChild);
  }

  function keepTicking(): void {
    const busy = waitingFrom < waiting.length || [...slots].some((slot) => slot.inFlight.length > 0);
    if (busy && ticker === null) {
      lastTickAt = performance.now();
      ticker = setInterval(tick, tickMs);
    } else if (!busy && ticker !== null) {
      clearInterval(ticker);
      ticker = null;
    }
  }

  function tick(): void {
    const now = performance.now();
    // When this process itself was held up, answers are waiting to be read: they go first.
    const heldUpMs = now - lastTickAt - tickMs;
    lastTickAt = now;
    for (const slot of [...slots]) {
      const head = slot.inFlight[0];
      if (head === undefined) continue;
      if (heldUpMs > 50) continue;
      const ageMs = now - slot.headSince;
      if (ageMs > slowMs && slot.inFlight.length > 1) rescueNeighbours(slot);
      if (ageMs >= head.deadlineMs) condemn(slot, "timeout");
      else if (ageMs > 60 && (slot.link.residentBytes() ?? 0) > childRssBytesMax) condemn(slot, "memory");
    }
    dispatch();
    const stuck = waitingFrom < waiting.length && leastLoaded() === null;
    if (stuck && slots.size < children * 2 && [...slots].every((slot) => slot.ready)) addChild();
  }

  function rescueNeighbours(slot: Slot): void {
    const neighbours = slot.inFlight.splice(1);
    slot.link.send({ kind: "cancel", taskIds: neighbours.map((job) => job.task.taskId) });
    requeue(neighbours);
  }

  for (let index = 0; index < children; index++) addChild();

  return {
    run(job) {
      if (closed) return job.reject(new Error("The sandbox is closed."));
      if (startFailures >= startFailuresMax) return job.reject(new Error("The sandbox processes do not start."));
      waiting.push(job);
      dispatch();
    },
    ready() {
      if (closed) return Promise.reject(new Error("The sandbox is closed."));
      if (allReady()) return Promise.resolve();
      // Children alone do not keep a process alive; somebody who waits for them does.
      const keepAlive = setInterval(() => undefined, 60_000);
      return new Promise<void>((resolve, reject) => readyWaiters.push({ resolve, reject })).finally(() => clearInterval(keepAlive));
    },
    stats() {
      const all = [...slots];
      return {
        children: all.length,
        ready: all.filter((slot) => slot.ready).length,
        busy: all.filter((slot) => slot.inFlight.length > 0).length,
        queued: waiting.length - waitingFrom,
        killed,
        pids: all.map((slot) => slot.link.pid),
      };
    },
    async close() {
      closed = true;
      rejectAll(new Error("The sandbox is closed."));
      if (slots.size === 0 && dying.size === 0) return;
      const gone = new Promise<void>((resolve) => goneWaiters.push(resolve));
      for (const slot of [...slots, ...dying]) slot.link.kill();
      const keepAlive = setInterval(() => undefined, 60_000);
      await gone;
      clearInterval(keepAlive);
    },
  };
}
