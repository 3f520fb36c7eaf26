type Waiting = { readonly bytes: number; readonly begin: () => void };

/**
 * Lets work go on at once as long as its bytes fit together; the rest waits, one of each key in turn. Work begins while
 * any byte is free, so that only the last piece goes beyond the budget, and one larger than all of it gets its turn.
 */
export class ByteBudget {
  readonly #bytesMax: number;
  /** The key that was served last stands last. */
  readonly #lines = new Map<string, Waiting[]>();
  #used = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of the work under way. */
  get used(): number {
    return this.#used;
  }

  /** Does the work when its bytes fit. Rejects as the work does. */
  async spend<Result>(key: string, bytes: number, work: () => Promise<Result>): Promise<Result> {
    await this.#take(key, bytes);
    try {
      return await work();
    } finally {
      this.#used -= bytes;
      this.#beginNext();
    }
  }

  /** Resolves when the bytes are counted as used. */
  #take(key: string, bytes: number): Promise<void> {
    return new Promise((begin) => {
      const line = this.#lines.get(key) ?? [];
      line.push({ bytes, begin });
      this.#lines.set(key, line);
      this.#beginNext();
    });
  }

  #beginNext(): void {
    while (this.#used < this.#bytesMax) {
      const [served] = this.#lines;
      if (served === undefined) return;
      const [key, line] = served;
      const next = line.shift();
      this.#lines.delete(key);
      if (line.length > 0) this.#lines.set(key, line);
      if (next === undefined) continue;
      this.#used += next.bytes;
      next.begin();
    }
  }
}
