"use client";
import { useCallback, useEffect, useRef } from "react";

/** Waits between tries of a reading that came to nothing. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000] as const;

/**
 * Keeps what is shown equal to what the server holds: the function returned asks for a new reading, at any time and as
 * often as wanted. One reading runs at a time, at most one in `atMostEveryMs`; what is asked for while one runs is read
 * after it, so that an older answer never comes over a newer one. `read` says whether it got an answer; one that got
 * none is repeated until one comes, because no further news may follow. A reading of another `subject` than the one
 * shown now is given up by its signal.
 */
export function useReread(
  subject: string,
  read: (signal: AbortSignal) => Promise<boolean>,
  atMostEveryMs: number,
): () => void {
  const latest = useRef(read);
  useEffect(() => {
    latest.current = read;
  });
  const state = useRef<State>({ subject, running: null, wanted: false, failures: 0, lastMs: -Infinity, timer: null });

  useEffect(() => {
    const own = state.current;
    own.subject = subject;
    return () => {
      own.wanted = false;
      stopTimer(own);
      own.running?.abort();
    };
  }, [subject]);

  return useCallback(() => {
    const own = state.current;
    own.wanted = true;
    own.failures = 0;
    stopTimer(own);
    plan();

    function plan(): void {
      if (own.running !== null || own.timer !== null || !own.wanted) return;
      const dueMs = own.lastMs + (retryMs(own.failures) ?? atMostEveryMs);
      own.timer = setTimeout(() => void run(), Math.max(0, dueMs - performance.now()));
    }

    async function run(): Promise<void> {
      own.timer = null;
      own.wanted = false;
      own.running = new AbortController();
      const { signal } = own.running;
      const answered = await latest.current(signal).catch(() => false);
      own.running = null;
      own.lastMs = signal.aborted ? -Infinity : performance.now();
      if (!signal.aborted) own.failures = answered ? 0 : own.failures + 1;
      own.wanted ||= !answered && !signal.aborted;
      plan();
    }
  }, [atMostEveryMs]);
}

type State = {
  /** What is read now. */
  subject: string;
  running: AbortController | null;
  wanted: boolean;
  failures: number;
  lastMs: number;
  timer: ReturnType<typeof setTimeout> | null;
};

function stopTimer(state: State): void {
  if (state.timer !== null) clearTimeout(state.timer);
  state.timer = null;
}

function retryMs(failures: number): number | undefined {
  return RETRY_MS[Math.min(failures, RETRY_MS.length) - 1];
}
