import { setDatabaseTime } from "#lib/core/database-time.ts";

const store = globalThis as { [key: symbol]: unknown };
const ASKING = Symbol.for("hookline.database-time-asking");

/**
 * Sets the database's clock as this process knows it (null: the real one) and what the addresses of certificates serve,
 * as if fetched before.
 */
export function setDoorWorld(nowMs: number | null, certificates: Record<string, string>): void {
  const at = performance.now();
  setDatabaseTime(nowMs ?? Date.now(), at, at);
  // A question that is already answered: nobody asks the real database for its time meanwhile.
  if (nowMs === null) delete store[ASKING];
  else store[ASKING] = { asking: Promise.resolve() };
  const held = Object.entries(certificates).map(([url, text]) => {
    return [url, { result: Promise.resolve({ kind: "ok", text }), atMs: performance.now(), failed: false }] as const;
  });
  store[Symbol.for("hookline.verification-keys")] = new Map(held);
}
