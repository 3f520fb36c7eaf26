/** Each run asks some thirty times, and the registry of symbols takes longer than a map. */
const KEYS = new Map<string, symbol>();

function keyOf(name: string): symbol {
  const key = Symbol.for(`hookline.${name}`);
  KEYS.set(name, key);
  return key;
}

/**
 * One value per process under a name, made on first use. Next loads a module up to four times in one process (server,
 * instrumentation, route, page), so a module-level variable would be four values.
 */
export function singleton<Value>(name: string, make: () => Value): Value {
  const key = KEYS.get(name) ?? keyOf(name);
  const store = globalThis as { [key: symbol]: unknown };
  if (!(key in store)) store[key] = make();
  return store[key] as Value;
}
