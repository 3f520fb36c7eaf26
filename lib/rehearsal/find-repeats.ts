import { SECOND } from "#lib/core/units.ts";
import type { StoredHead } from "#lib/db/stored-requests.ts";
import type { Verdict } from "#lib/door/verdict.ts";

/**
 * What one side takes for repeats: requests by id with the first of their kind, and items of batches by their index.
 */
export type SideRepeats = {
  readonly requests: ReadonlyMap<string, StoredHead>;
  readonly items: ReadonlyMap<string, ReadonlySet<number>>;
};

/** The two unique indexes of the database in memory, of events and of items; `judged` in the order of arrival. */
export function findRepeats(judged: ReadonlyArray<{ stored: StoredHead; verdict: Verdict }>): SideRepeats {
  const [events, parts] = [new Seen(), new Seen()];
  const requests = new Map<string, StoredHead>();
  const items = new Map<string, Set<number>>();
  for (const { stored, verdict } of judged) {
    if (verdict.kind !== "accepted") continue;
    const first = events.firstOf(verdict.delivery, stored);
    if (first !== null) requests.set(stored.id, first);
    if (first !== null || verdict.split.kind !== "items") continue;
    for (const { index, key, windowSeconds } of verdict.split.items) {
      if (key === null || parts.firstOf(windowed(key, windowSeconds, stored.receivedAt), stored) === null) continue;
      items.set(stored.id, (items.get(stored.id) ?? new Set()).add(index));
    }
  }
  return { requests, items };
}

type Key = { readonly key: string; readonly earlierKey: string | null; readonly windowStart: Date | null };

class Seen {
  readonly #first = new Map<string, StoredHead>();

  /** The first with the same key, or null: then this one is it. */
  firstOf({ key, earlierKey, windowStart }: Key, stored: StoredHead): StoredHead | null {
    const earlier = earlierKey === null ? undefined : this.#first.get(earlierKey);
    const inWindow =
      earlier !== undefined && windowStart !== null && earlier.receivedAt > windowStart ? earlier : undefined;
    const first = this.#first.get(key) ?? inWindow;
    if (first !== undefined) return first;
    this.#first.set(key, stored);
    return null;
  }
}

function windowed(key: string, windowSeconds: number | null, at: Date): Key {
  if (windowSeconds === null) return { key, earlierKey: null, windowStart: null };
  const window = Math.floor(at.getTime() / SECOND / windowSeconds);
  return {
    key: `${key}:${window}`,
    earlierKey: `${key}:${window - 1}`,
    windowStart: new Date(at.getTime() - windowSeconds * SECOND),
  };
}
