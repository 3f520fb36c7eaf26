/** How many may work at once, and how much may wait for how long. */
export type TurnLimits = {
  readonly atOnce: number;
  readonly waitingMax: number;
  readonly bytesMax: number;
  readonly waitMsMax: number;
};

type Waiting = { readonly bytes: number; readonly begin: () => void };

/**
 * Lets a few pieces of heavy work run at once and the others wait in a bounded line, one of each key in turn, so that
 * whoever brings many waits behind himself.
 */
export class Turns {
  readonly #limits: TurnLimits;
  /** The key that was served last stands last. */
  readonly #lines = new Map<string, Set<Waiting>>();
  #working = 0;
  #waiting = 0;
  #bytes = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /**
   * Does the work when its turn comes; null when too much waits already, or it waited too long. Rejects as the work
   * does.
   */
  async take<Result>(key: string, bytes: number, work: () => Promise<Result>): Promise<Result | null> {
    const { atOnce, waitingMax, bytesMax } = this.#limits;
    if (this.#working >= atOnce) {
      if (this.#waiting >= waitingMax || this.#bytes + bytes > bytesMax) return null;
      if (!(await this.#wait(key, bytes))) return null;
    } else this.#working += 1;
    try {
      return await work();
    } finally {
      this.#passOn();
    }
  }

  /** True when the turn has come, which is then already counted as working. */
  #wait(key: string, bytes: number): Promise<boolean> {
    return new Promise((resolve) => {
      const leave = (came: boolean): void => {
        clearTimeout(timer);
        this.#remove(key, waiting);
        resolve(came);
      };
      const waiting: Waiting = { bytes, begin: () => leave(true) };
      const timer = setTimeout(() => leave(false), this.#limits.waitMsMax);
      const line = this.#lines.get(key) ?? new Set();
      this.#lines.set(key, line.add(waiting));
      this.#waiting += 1;
      this.#bytes += bytes;
    });
  }

  #remove(key: string, waiting: Waiting): void {
    const line = this.#lines.get(key);
    line?.delete(waiting);
    this.#lines.delete(key);
    if (line !== undefined && line.size > 0) this.#lines.set(key, line);
    this.#waiting -= 1;
    this.#bytes -= waiting.bytes;
  }

  #passOn(): void {
    const [line] = this.#lines.values();
    const [next] = line ?? [];
    if (next === undefined) this.#working -= 1;
    else next.begin();
  }
}
