import type { StateTone } from "#lib/core/states.ts";

/** A piece of a timeline bar, in per cent of the run. `gap`: waiting between two tries. */
export type BarPiece = { kind: "work" | "gap"; leftPct: number; widthPct: number; tone: StateTone };

/** What a bar is drawn from: real times, in milliseconds. */
export type TimedStep = {
  startMs: number | null;
  endMs: number | null;
  tone: StateTone;
  tries: readonly { startMs: number; endMs: number | null; tone: StateTone }[];
};

/** The run's span: from its first start to its end, or to now while it goes on; at least one millisecond long. */
export function spanOf(
  steps: readonly TimedStep[],
  run: { startMs: number; endMs: number | null },
  nowMs: number,
): { fromMs: number; toMs: number } {
  const ends = steps
    .flatMap((step) => [step.endMs, ...step.tries.map((one) => one.endMs)])
    .filter((end) => end !== null);
  const fromMs = Math.min(run.startMs, ...steps.map((step) => step.startMs ?? run.startMs));
  return { fromMs, toMs: Math.max(fromMs + 1, run.endMs ?? nowMs, ...ends) };
}

/** The pieces of one step's bar: its tries with the waits between them, or one piece where it has none. */
export function barOf(step: TimedStep, span: { fromMs: number; toMs: number }): BarPiece[] {
  if (step.startMs === null) return [];
  const at = (ms: number) =>
    (100 * (Math.min(Math.max(ms, span.fromMs), span.toMs) - span.fromMs)) / (span.toMs - span.fromMs);
  const piece = (kind: BarPiece["kind"], fromMs: number, toMs: number, tone: StateTone): BarPiece => ({
    kind,
    leftPct: at(fromMs),
    widthPct: Math.max(at(toMs) - at(fromMs), 0),
    tone,
  });
  const endMs = step.endMs ?? span.toMs;
  if (step.tries.length === 0) return [piece("work", step.startMs, endMs, step.tone)];
  const pieces: BarPiece[] = [];
  let lastMs = step.startMs;
  for (const one of step.tries) {
    if (one.startMs > lastMs) pieces.push(piece("gap", lastMs, one.startMs, "warn"));
    lastMs = one.endMs ?? endMs;
    pieces.push(piece("work", one.startMs, lastMs, one.tone));
  }
  if (endMs > lastMs && step.endMs === null) pieces.push(piece("gap", lastMs, endMs, "warn"));
  return pieces;
}
