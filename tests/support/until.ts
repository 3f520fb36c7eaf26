/** Reads again until what was read is good, for 15 s at most; gives the last reading either way. */
export async function until<Value>(read: () => Promise<Value>, good: (value: Value) => boolean): Promise<Value> {
  const deadlineMs = performance.now() + 15_000;
  for (;;) {
    const value = await read();
    if (good(value) || performance.now() > deadlineMs) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
