/**
 * How many bytes there is room for, in all and under one key, and how long a place is waited for (null: however long).
 */
export type RoomLimits = {
  readonly bytesMax: number;
  readonly bytesPerKeyMax: number;
  readonly waitMsMax: number | null;
};

type Waiting = { readonly bytes: number; readonly settle: (came: boolean) => void };

/** A place in a room, or the wish for one. */
export type Place = {
  /** True when there is room, now or within the time allowed; false when not, or when the place was left meanwhile. */
  readonly taken: Promise<boolean>;
  /** Gives the place, or the wish for it, up. Once is enough; more often does no harm. */
  readonly leave: () => void;
};

/**
 * Bounds what lies in memory at once: a place is reserved before the bytes come and left when they are gone. Who finds
 * no room waits, one of each key in turn, and nobody waits behind a key that has its share. A single place larger than
 * the room is let in when nothing else is there.
 */
export class Room {
  readonly #limits: RoomLimits;
  /** The key that was served last stands last. */
  readonly #lines = new Map<string, Set<Waiting>>();
  readonly #usedBy = new Map<string, number>();
  #used = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** Bytes reserved. */
  get used(): number {
    return this.#used;
  }

  /** Asks for a place for so many bytes. */
  enter(key: string, bytes: number): Place {
    const { promise: taken, resolve } = Promise.withResolvers<boolean>();
    let state: "waiting" | "inside" | "gone" = "waiting";
    const settle = (came: boolean): void => {
      if (state !== "waiting") return;
      clearTimeout(timer);
      this.#leaveLine(key, waiting);
      state = came ? "inside" : "gone";
      if (came) this.#reserve(key, bytes);
      resolve(came);
    };
    const waiting: Waiting = { bytes, settle };
    const { waitMsMax } = this.#limits;
    const timer = waitMsMax === null ? undefined : setTimeout(() => settle(false), waitMsMax);
    const line = this.#lines.get(key) ?? new Set();
    this.#lines.set(key, line.add(waiting));
    this.#letIn();
    return {
      taken,
      leave: () => {
        if (state === "inside") {
          state = "gone";
          this.#reserve(key, -bytes);
        } else settle(false);
        this.#letIn();
      },
    };
  }

  /** Does the work in a place of its own, which is left when the work ends. For a room without a time limit. */
  async during<Result>(key: string, bytes: number, work: () => Promise<Result>): Promise<Result> {
    const place = this.enter(key, bytes);
    await place.taken;
    try {
      return await work();
    } finally {
      place.leave();
    }
  }

  #letIn(): void {
    for (let found = this.#next(); found !== null; found = this.#next()) {
      const { key, line, first } = found;
      first.settle(true);
      if (line.size === 0) continue;
      this.#lines.delete(key);
      this.#lines.set(key, line);
    }
  }

  /** The first of a line that fits; it is the only one that may be larger than what there is. */
  #next(): { key: string; line: Set<Waiting>; first: Waiting } | null {
    const { bytesMax, bytesPerKeyMax } = this.#limits;
    for (const [key, line] of this.#lines) {
      const [first] = line;
      if (first === undefined) continue;
      const own = this.#usedBy.get(key) ?? 0;
      if (own > 0 && own + first.bytes > bytesPerKeyMax) continue;
      if (this.#used > 0 && this.#used + first.bytes > bytesMax) return null;
      return { key, line, first };
    }
    return null;
  }

  #leaveLine(key: string, waiting: Waiting): void {
    const line = this.#lines.get(key);
    line?.delete(waiting);
    if (line?.size === 0) this.#lines.delete(key);
  }

  #reserve(key: string, bytes: number): void {
    this.#used += bytes;
    const own = (this.#usedBy.get(key) ?? 0) + bytes;
    if (own === 0) this.#usedBy.delete(key);
    else this.#usedBy.set(key, own);
  }
}
