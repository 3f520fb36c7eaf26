/** When something must be over: after its time, or when the process lets go of everything. */
export type Deadline = {
  readonly isOver: boolean;
  /** Calls `then` when it is over, once, at the earliest after this call; the function returned takes that back. */
  onOver(then: () => void): () => void;
  /** It is not waited for any more. */
  end(): void;
};

/**
 * Of one stop signal: one listener for all deadlines, because a signal looks through its listeners for each new one.
 */
const watched = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * A deadline that is over after so many milliseconds, or as soon as `stop` is aborted; it keeps no process alive.
 * (AbortSignal.any with AbortSignal.timeout says the same, at eight times the price, and keeps its timer when the work
 * is long done.)
 */
export function makeDeadline(ms: number, stop: AbortSignal | null = null): Deadline {
  const listeners = new Set<() => void>();
  let isOver = stop?.aborted === true;
  const pass = (): void => {
    if (isOver) return;
    isOver = true;
    leave();
    for (const then of [...listeners]) then();
    listeners.clear();
  };
  const stopped = stop === null || isOver ? null : listenersOf(stop);
  stopped?.add(pass);
  const timer = isOver ? undefined : setTimeout(pass, ms).unref();
  const leave = (): void => {
    clearTimeout(timer);
    stopped?.delete(pass);
  };
  return {
    get isOver() {
      return isOver;
    },
    onOver(then) {
      listeners.add(then);
      return () => void listeners.delete(then);
    },
    end: leave,
  };
}

function listenersOf(stop: AbortSignal): Set<() => void> {
  const known = watched.get(stop);
  if (known !== undefined) return known;
  const listeners = new Set<() => void>();
  watched.set(stop, listeners);
  stop.addEventListener("abort", () => {
    for (const pass of [...listeners]) pass();
  });
  return listeners;
}
