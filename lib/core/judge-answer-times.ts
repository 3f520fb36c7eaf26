/** What an endpoint's answer times mean for its sender. */
export type AnswerVerdict = {
  tone: "ok" | "warn" | "bad" | "neutral";
  title: string;
  /** Null when the title says it all. */
  sentence: string | null;
  /** The 99th percentile as a part of the sender's deadline, 0 to 1; null when either is unknown. */
  share: number | null;
};

/** Measured answer times in milliseconds; null when nothing was measured. */
export type AnswerTimes = { p50Ms: number; p99Ms: number; count: number } | null;

/** Below this many measured events a percentile says nothing. */
export const ANSWER_TIMES_MIN = 20;

/**
 * Puts measured answer times beside the sender's own deadline. `computedDeadlineMs` is how long a flow may work on the
 * answer, null when it is not computed. Warns from half of the deadline on, for a busy hour is slower than the last
 * one.
 */
export function judgeAnswerTimes(
  times: AnswerTimes,
  sender: { name: string; deadlineSeconds: number | null },
  computedDeadlineMs: number | null,
): AnswerVerdict {
  const { name, deadlineSeconds } = sender;
  const share =
    times === null || deadlineSeconds === null ? null : Math.min(1, times.p99Ms / (deadlineSeconds * 1_000));
  if (deadlineSeconds !== null && computedDeadlineMs !== null && computedDeadlineMs > deadlineSeconds * 1_000)
    return {
      tone: "warn",
      title:
        `A flow may take ${words(computedDeadlineMs)} for the answer, ${name} waits ` +
        `${words(deadlineSeconds * 1_000)}`,
      sentence:
        "An answer that comes later counts as failed and is sent again. Lower the deadline of the computed answer.",
      share,
    };
  if (times === null || times.count < ANSWER_TIMES_MIN)
    return {
      tone: "neutral",
      title:
        deadlineSeconds === null
          ? "Too few events to say how fast answers are"
          : `${name} waits ${words(deadlineSeconds * 1_000)}`,
      sentence:
        `${times === null ? "Nothing" : times.count === 1 ? "Only 1 event" : `Only ${times.count} events`} ` +
        `measured so far; from ${ANSWER_TIMES_MIN} on this says how fast your answers are.`,
      share: null,
    };
  const measured =
    `Half of the newest ${times.count.toLocaleString("en")} events were answered within ${words(times.p50Ms)}, ` +
    `99 in 100 within ${words(times.p99Ms)}.`;
  if (deadlineSeconds === null)
    return {
      tone: "ok",
      title: `Answers in ${words(times.p99Ms)}`,
      sentence: `${measured} How long ${name} waits is not known.`,
      share,
    };
  const title = `Answers in ${words(times.p99Ms)} of the ${words(deadlineSeconds * 1_000)} allowed`;
  const part = times.p99Ms / (deadlineSeconds * 1_000);
  if (part > 1)
    return { tone: "bad", title, sentence: `${measured} ${name} gives up before that and sends again.`, share };
  if (part > 0.5)
    return { tone: "warn", title, sentence: `${measured} That is more than half of what ${name} allows.`, share };
  return { tone: "ok", title, sentence: measured, share };
}

/** 340 ms, 2.1 s, 15 s, 3 min. */
function words(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  return `${Number((ms / 60_000).toFixed(1))} min`;
}
