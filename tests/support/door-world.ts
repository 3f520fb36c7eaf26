import { vi } from "vitest";

/**
 * Sets the clock of this process (null: the real one) and what the addresses of certificates serve, as if fetched
 * before.
 */
export function setDoorWorld(nowMs: number | null, certificates: Record<string, string>): void {
  if (nowMs === null) vi.useRealTimers();
  else vi.useFakeTimers({ toFake: ["Date"], now: nowMs });
  const store = globalThis as { [key: symbol]: unknown };
  const held = Object.entries(certificates).map(([url, text]) => {
    return [url, { result: Promise.resolve({ kind: "ok", text }), atMs: performance.now(), failed: false }] as const;
  });
  store[Symbol.for("hookline.verification-keys")] = new Map(held);
}
