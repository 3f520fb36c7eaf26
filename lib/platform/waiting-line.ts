/** Something that waits: whose it is, how large, and since when (milliseconds of a clock that only goes forward). */
export type Waiter = { readonly key: string; readonly bytes: number; readonly sinceMs: number };

/** How much may be taken at once; the first waiter is taken whatever its size. */
export type TakeLimits = { readonly itemsMax: number; readonly bytesMax: number };

/**
 * A line of waiters that is served fairly: first come, first served for one key, and one of each key in turn when not
 * all fit, so that a thousand waiters of one key do not stand before the only one of another.
 */
export class WaitingLine<W extends Waiter> {
  readonly #byKey = new Map<string, W[]>();
  #size = 0;
  #bytes = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many wait under this key. */
  sizeOf(key: string): number {
    return this.#byKey.get(key)?.length ?? 0;
  }

  push(waiter: W): void {
    const line = this.#byKey.get(waiter.key);
    if (line === undefined) this.#byKey.set(waiter.key, [waiter]);
    else line.push(waiter);
    this.#size += 1;
    this.#bytes += waiter.bytes;
  }

  /** Takes what fits, leaving out the waiters of one key when told to. */
  take({ itemsMax, bytesMax }: TakeLimits, without: string | null = null): W[] {
    const lines = [...this.#byKey].filter(([key]) => key !== without).map(([key, line]) => ({ key, line, taken: 0 }));
    const taken: W[] = [];
    let bytes = 0;
    for (let open = lines; open.length > 0; ) {
      const next: typeof lines = [];
      for (const each of open) {
        const waiter = each.line[each.taken];
        if (waiter === undefined) continue;
        if (taken.length > 0 && (taken.length >= itemsMax || bytes + waiter.bytes > bytesMax)) continue;
        taken.push(waiter);
        bytes += waiter.bytes;
        each.taken += 1;
        next.push(each);
      }
      open = next;
    }
    for (const { key, taken: count } of lines) this.#drop(key, count);
    return taken;
  }

  /** Takes everybody who came before this time. */
  takeOlderThan(timeMs: number): W[] {
    return [...this.#byKey].flatMap(([key, line]) => {
      const young = line.findIndex((waiter) => waiter.sinceMs >= timeMs);
      return this.#drop(key, young < 0 ? line.length : young);
    });
  }

  #drop(key: string, count: number): W[] {
    const line = this.#byKey.get(key);
    if (line === undefined || count === 0) return [];
    const dropped = line.splice(0, count);
    if (line.length === 0) this.#byKey.delete(key);
    this.#size -= count;
    for (const { bytes } of dropped) this.#bytes -= bytes;
    return dropped;
  }
}
