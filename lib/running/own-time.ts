/** The most that passes between two looks, in milliseconds. */
const STEP_MS_MAX = 100;

/**
 * A clock that passes while this process works, in milliseconds: when its thread was held up, by its own work or by a
 * machine with too much to do, what passed meanwhile counts as a tenth of a second at most. What waits for others is
 * then not taken for slow because nobody was there to see the answer. Has to be read every 50 ms or so while it is
 * needed.
 */
export class OwnTime {
  readonly #wallMs: () => number;
  #readAt: number;
  #passedMs = 0;

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
    this.#readAt = wallMs();
  }

  now(): number {
    const at = this.#wallMs();
    this.#passedMs += Math.min(Math.max(0, at - this.#readAt), STEP_MS_MAX);
    this.#readAt = at;
    return this.#passedMs;
  }
}
