import { LRUCache } from "lru-cache";

/**
 * Remembers what a pure function of one text gave, for texts that come back with every request (keys, key sets); of
 * more than 1,000 texts it forgets the one asked for longest ago, so that made-up ones cannot fill the memory.
 */
export function boundedMemo<T>(make: (text: string) => T): (text: string) => T {
  const known = new LRUCache<string, { readonly made: T }>({
    max: 1_000,
    memoMethod: (text) => ({ made: make(text) }),
  });
  return (text) => known.memo(text).made;
}
