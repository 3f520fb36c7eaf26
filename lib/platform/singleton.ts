/**
 * One value per process under a name, made on first use. Next loads a module up to four times in one process (server,
 * instrumentation, route, page), so a module-level variable would be four values.
 */
export function singleton<Value>(name: string, make: () => Value): Value {
  const key = Symbol.for(`hookline.${name}`);
  const store = globalThis as { [key: symbol]: unknown };
  if (!(key in store)) store[key] = make();
  return store[key] as Value;
}
