/** Writes one line for the person at the terminal; standard output stays free for log lines. */
export function say(text: string): void {
  process.stderr.write(`[hookline] ${text}\n`);
}

/** Seconds since `began` (of performance.now()), rounded for people. */
export function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
