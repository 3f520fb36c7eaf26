/** Hands out turns, at most so many at a time, in the order they were asked for. */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(atOnceMax: number) {
    this.free = atOnceMax;
  }

  /** Resolves when it is its turn; what it resolves to gives the turn on and is to be called once. */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    return () => {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }
}
