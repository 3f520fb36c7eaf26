/** A time span in words: 340 ms, 2.1 s, 3 min, 2 h. */
export function Duration({ ms, className }: { ms: number; className?: string }) {
  return <span className={className}>{durationText(ms)}</span>;
}

/** The words of a time span. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
