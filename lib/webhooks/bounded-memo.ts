const ENTRIES_MAX = 1_000;

/**
 * Remembers what a pure function of one text gave, for texts that come back with every request (keys, key sets); it
 * forgets everything after 1,000 texts, so that made-up ones cannot fill the memory.
 */
export function boundedMemo<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (known.size >= ENTRIES_MAX) known.clear();
    known.set(text, made);
    return made;
  };
}
