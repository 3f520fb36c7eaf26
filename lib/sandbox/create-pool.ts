import { type ChildLink, forkChild } from "./child-link.ts";
import { createJobQueue } from "./job-queue.ts";
import { childRssBytesKept, type SandboxLimits, standstillMsDefault } from "./limits.ts";
import type { FromChild, Task, ToChild } from "./protocol.ts";
import { SandboxUnavailable } from "./sandbox-unavailable.ts";
import { createTaskClock, type TaskClock } from "./task-clock.ts";

/** Why a task got no answer from a child. */
export type Failure = "timeout" | "memory";

/** One task in the pool's care. Answers arrive in order of index; `fail` answers for the index that was running. */
export type Job = {
  task: Task;
  /** Processor time it may take; wall time where the system does not tell. */
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
  clock: TaskClock;
};

const inFlightMax = 8;
const tickMs = 20;
/** A task that runs this long is slow: what waits behind it moves to another child. */
const slowMs = 25;
const lossesMax = 2;
const startFailuresMax = 20;
const CLOSED = "The sandbox is closed.";
const BROKEN = "The sandbox processes do not start.";

/**
 * Starts `children` processes and keeps that many. A child that is late, sleeps or is too large is killed; the task
 * that ran fails, its neighbours in the same child run again elsewhere and never notice.
 */
export function createPool(children: number, limits: SandboxLimits, standstillMs = standstillMsDefault): Pool {
  const slots = new Set<Slot>();
  const dying = new Set<Slot>();
  const waiting = createJobQueue();
  let killed = 0;
  let startFailures = 0;
  let closed = false;
  let ticker: ReturnType<typeof setInterval> | null = null;
  const readyWaiters: { resolve(): void; reject(fault: Error): void }[] = [];
  const goneWaiters: (() => void)[] = [];

  function addChild(): void {
    const link = forkChild(
      limits,
      (message) => receive(slot, message),
      (outOfMemory) => lose(slot, outOfMemory),
    );
    const slot: Slot = { link, ready: false, inFlight: [], clock: createTaskClock(link.cpuMs, standstillMs) };
    slots.add(slot);
  }

  const allReady = () => slots.size > 0 && [...slots].every((slot) => slot.ready);

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
    const tookMs = slot.clock.ageMs();
    slot.clock.start();
    if (head.answer(message).done) {
      slot.inFlight.shift();
      // A child that a task left swollen is replaced: its memory must not count against the next.
      if (tookMs > slowMs && (slot.link.residentBytes() ?? 0) > childRssBytesKept) {
        retire(slot);
        handOver(slot, slot.inFlight);
      }
      dispatch();
      if (slot.inFlight.length === 0 && slots.size > children && waiting.size() === 0) retire(slot);
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
    const [expected, unexpected] = [dying.delete(slot), slots.delete(slot)];
    if (slots.size === 0 && dying.size === 0) for (const resolve of goneWaiters.splice(0)) resolve();
    if (closed || expected || !unexpected) return;
    if (!slot.ready) startFailures++;
    if (startFailures >= startFailuresMax) return rejectAll(new SandboxUnavailable(BROKEN));
    replace(slot, outOfMemory ? "memory" : null);
  }

  function replace(slot: Slot, verdict: Failure | null): void {
    const [head, ...neighbours] = slot.inFlight;
    handOver(slot, neighbours);
    if (head !== undefined) settleLost(head, verdict);
    dispatch();
  }

  function handOver(slot: Slot, jobs: readonly Job[]): void {
    slot.inFlight = [];
    if (slots.size < children) addChild();
    tellReady();
    waiting.pushFront(jobs);
  }

  /** A child that ended for no known reason was killed from outside, by a person or the system: one more try tells. */
  function settleLost(head: Job, verdict: Failure | null): void {
    if (verdict === null && head.losses === 0) {
      head.losses++;
      waiting.pushFront([head]);
      return;
    }
    const failure = verdict ?? "memory";
    let rest = head.fail(failure);
    head.losses++;
    if (head.losses > lossesMax) while (rest !== null) rest = head.fail(failure);
    if (rest === null) return;
    head.task = rest;
    waiting.pushFront([head]);
  }

  function rejectAll(fault: Error): void {
    const unfinished = [...[...slots].flatMap((slot) => slot.inFlight), ...waiting.drain()];
    for (const slot of slots) slot.inFlight = [];
    keepTicking();
    for (const job of unfinished) job.reject(fault);
    for (const waiter of readyWaiters.splice(0)) waiter.reject(fault);
  }

  function dispatch(): void {
    while (waiting.size() > 0) {
      const slot = leastLoaded();
      const slow = slowAskers();
      // The children beyond the usual number are for those who are not slow: one of them is soon free again.
      const job = slot === null ? null : waiting.take(slow, busyWith(slow) < children);
      if (slot === null || job === null) break;
      send(slot, job);
    }
    keepTicking();
  }

  function slowAskers(): Set<string> {
    const askers = new Set<string>();
    for (const slot of slots) {
      const head = slot.inFlight[0];
      if (head !== undefined && slot.clock.ageMs() > slowMs) askers.add(head.fairnessKey);
    }
    return askers;
  }

  function busyWith(askers: ReadonlySet<string>): number {
    return [...slots].filter(({ inFlight: [head] }) => head !== undefined && askers.has(head.fairnessKey)).length;
  }

  function leastLoaded(): Slot | null {
    let best: Slot | null = null;
    for (const slot of slots) {
      if (!slot.ready || slot.inFlight.length >= inFlightMax) continue;
      if (slot.inFlight.length > 0 && slot.clock.ageMs() > slowMs) continue;
      if (best === null || slot.inFlight.length < best.inFlight.length) best = slot;
    }
    return best;
  }

  function send(slot: Slot, job: Job): void {
    if (slot.inFlight.length === 0) slot.clock.start();
    slot.inFlight.push(job);
    slot.link.send(job.task satisfies ToChild);
  }

  function keepTicking(): void {
    const busy = waiting.size() > 0 || [...slots].some((slot) => slot.inFlight.length > 0);
    if (busy && ticker === null) {
      ticker = setInterval(tick, tickMs);
    } else if (!busy && ticker !== null) {
      clearInterval(ticker);
      ticker = null;
    }
  }

  function tick(): void {
    for (const slot of [...slots]) {
      const head = slot.inFlight[0];
      if (head === undefined) continue;
      const ageMs = slot.clock.ageMs();
      if (ageMs > slowMs && slot.inFlight.length > 1) rescueNeighbours(slot);
      if (slot.clock.isLate(head.deadlineMs)) condemn(slot, "timeout");
      else if (ageMs > 60 && (slot.link.residentBytes() ?? 0) > limits.rssBytes) condemn(slot, "memory");
    }
    dispatch();
    const stuck = waiting.size() > 0 && leastLoaded() === null;
    if (stuck && slots.size < children * 2 && [...slots].every((slot) => slot.ready)) addChild();
  }

  function rescueNeighbours(slot: Slot): void {
    const neighbours = slot.inFlight.splice(1);
    slot.link.send({ kind: "cancel", taskIds: neighbours.map((job) => job.task.taskId) });
    waiting.pushFront(neighbours);
  }

  for (let index = 0; index < children; index++) addChild();

  return {
    run(job) {
      if (closed) return job.reject(new SandboxUnavailable(CLOSED));
      if (startFailures >= startFailuresMax) return job.reject(new SandboxUnavailable(BROKEN));
      waiting.push(job);
      dispatch();
    },
    ready() {
      if (closed) return Promise.reject(new SandboxUnavailable(CLOSED));
      if (allReady()) return Promise.resolve();
      return keptAlive(new Promise<void>((resolve, reject) => readyWaiters.push({ resolve, reject })));
    },
    stats() {
      const all = [...slots];
      return {
        children: all.length,
        ready: all.filter((slot) => slot.ready).length,
        busy: all.filter((slot) => slot.inFlight.length > 0).length,
        queued: waiting.size(),
        killed,
        pids: all.map((slot) => slot.link.pid),
      };
    },
    async close() {
      closed = true;
      rejectAll(new SandboxUnavailable(CLOSED));
      if (slots.size === 0 && dying.size === 0) return;
      for (const slot of [...slots, ...dying]) slot.link.kill();
      await keptAlive(new Promise<void>((resolve) => goneWaiters.push(resolve)));
    },
  };
}

/** Children alone do not keep a process alive; somebody who waits for them does. */
function keptAlive(waiting: Promise<void>): Promise<void> {
  const timer = setInterval(() => undefined, 60_000);
  return waiting.finally(() => clearInterval(timer));
}
