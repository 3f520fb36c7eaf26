import { type Waiter, WaitingLine } from "#lib/platform/waiting-line.ts";

/** Thrown by `submit` when too much is waiting, or waited too long: nothing was written. */
export class GroupOverloaded extends Error {
  override readonly name = "GroupOverloaded";
}

/** How a group commit behaves. */
export type GroupCommitOptions<Item, Outcome> = {
  /** Writes all items or none; outcomes in their order. */
  readonly flush: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Says whether a failed flush may be one item's fault (then each is tried alone) instead of the database's. */
  readonly mayBeOneItem: (error: unknown) => boolean;
  readonly bytesOf: (item: Item) => number;
  /** Whose an item is, for fairness between many who write at once. Left out: all are one. */
  readonly keyOf?: (item: Item) => string;
  readonly itemsPerFlushMax: number;
  readonly bytesPerFlushMax: number;
  readonly itemsWaitingMax: number;
  readonly bytesWaitingMax: number;
  readonly waitMsMax: number;
  /**
   * While groups are larger than one item, the next one is let grow for this long: fewer, larger statements for a
   * little latency under load, none when idle. Left out: the next flush begins at once.
   */
  readonly gatherMs?: number;
};

type Waiting<Item, Outcome> = Waiter & {
  item: Item;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
};

/** A group with at least this many items of one key, and more than half, is that key's crowd. */
const CROWD_ITEMS_MIN = 4;

/**
 * Writes what waits at the moment together, one flush in flight: the busier it is, the larger the groups. (Three
 * flushes in flight were slower, 2,700 against 4,070 requests a second: the groups shrink.) An item that fails its
 * group is found by writing each alone, so it cannot fail its neighbours. While one key's crowd is being written, the
 * items of other keys go in a second flush beside it, and one key may hold half of the waiting room at most: a flood
 * under one key is felt under that key.
 */
export class GroupCommit<Item, Outcome> {
  readonly #options: GroupCommitOptions<Item, Outcome>;
  readonly #line = new WaitingLine<Waiting<Item, Outcome>>();
  #flushing = false;
  #flushingAside = false;
  #scheduled = false;
  #lastGroup = 0;
  /** The key that crowds the flush in flight. */
  #crowd: string | null = null;

  constructor(options: GroupCommitOptions<Item, Outcome>) {
    this.#options = options;
  }

  /** Resolves once the item is written; rejects with GroupOverloaded, or with what the flush threw. */
  submit(item: Item): Promise<Outcome> {
    const bytes = this.#options.bytesOf(item);
    const key = this.#options.keyOf?.(item) ?? "";
    const { itemsWaitingMax, bytesWaitingMax } = this.#options;
    if (this.#line.size >= itemsWaitingMax || this.#line.bytes + bytes > bytesWaitingMax) {
      return Promise.reject(new GroupOverloaded("Too much is waiting to be written."));
    }
    if (key !== "" && this.#line.sizeOf(key) >= itemsWaitingMax / 2) {
      return Promise.reject(new GroupOverloaded("Too much of the same kind is waiting to be written."));
    }
    return new Promise((resolve, reject) => {
      this.#line.push({ key, item, bytes, sinceMs: performance.now(), resolve, reject });
      this.#schedule();
    });
  }

  /** The number of items that wait for the flush in flight to end. */
  get waitingCount(): number {
    return this.#line.size;
  }

  /** After the events of this turn, so that requests which arrived in one read of the sockets go together. */
  #schedule(): void {
    if (this.#scheduled || this.#line.size === 0) return;
    if (this.#flushing && !this.#mayGoAside()) return;
    this.#scheduled = true;
    const flush = () => {
      this.#scheduled = false;
      if (!this.#flushing) void this.#flushNext();
      else if (this.#mayGoAside()) void this.#flushAside();
    };
    const gatherMs = this.#options.gatherMs ?? 0;
    if (gatherMs > 0 && this.#lastGroup > 1 && this.#line.size < this.#options.itemsPerFlushMax)
      setTimeout(flush, gatherMs);
    else setImmediate(flush);
  }

  #mayGoAside(): boolean {
    return this.#crowd !== null && !this.#flushingAside && this.#line.size > this.#line.sizeOf(this.#crowd);
  }

  async #flushNext(): Promise<void> {
    const group = this.#take(null);
    if (group.length === 0) return;
    this.#flushing = true;
    this.#lastGroup = group.length;
    this.#crowd = this.#options.keyOf === undefined ? null : findCrowd(group);
    const shedder = setInterval(() => this.#shedOld(), 250);
    try {
      await this.#write(group);
    } finally {
      clearInterval(shedder);
      this.#flushing = false;
      this.#crowd = null;
      this.#schedule();
    }
  }

  async #flushAside(): Promise<void> {
    this.#flushingAside = true;
    try {
      await this.#write(this.#take(this.#crowd));
    } finally {
      this.#flushingAside = false;
      this.#schedule();
    }
  }

  #take(without: string | null): Array<Waiting<Item, Outcome>> {
    return this.#line.take(
      { itemsMax: this.#options.itemsPerFlushMax, bytesMax: this.#options.bytesPerFlushMax },
      without,
    );
  }

  async #write(group: ReadonlyArray<Waiting<Item, Outcome>>): Promise<void> {
    try {
      const outcomes = await this.#options.flush(group.map(({ item }) => item));
      group.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error("The flush gave no outcome for this item."));
        else resolve(outcome);
      });
    } catch (error) {
      if (group.length === 1 || !this.#options.mayBeOneItem(error)) for (const { reject } of group) reject(error);
      else for (const waiting of group) await this.#write([waiting]);
    }
  }

  #shedOld(): void {
    for (const { reject } of this.#line.takeOlderThan(performance.now() - this.#options.waitMsMax)) {
      reject(new GroupOverloaded("It waited too long to be written."));
    }
  }
}

function findCrowd(group: readonly Waiter[]): string | null {
  const counts = new Map<string, number>();
  for (const { key } of group) counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [key, count] of counts) if (count >= CROWD_ITEMS_MIN && count > group.length / 2) return key;
  return null;
}
