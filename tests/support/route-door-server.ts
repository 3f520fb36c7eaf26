import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import next from "next";

/**
 * The built app as a host without Hookline's own server runs it: Next alone, so that `/in/*` reaches the route handler.
 * A message `{ nowMs, certificates }` sets the clock (null: the real one) and what addresses of certificates serve.
 */
const pages = next({ dev: false, dir: process.cwd() });
await pages.prepare();
const handle = pages.getRequestHandler();
const server = createServer((request, response) => void handle(request, response));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));

const RealDate = Date;
process.on("message", ({ nowMs, certificates }: { nowMs: number | null; certificates: Record<string, string> }) => {
  globalThis.Date = nowMs === null ? RealDate : stoppedAt(nowMs);
  const held = Object.entries(certificates).map(
    ([url, text]) =>
      [url, { result: Promise.resolve({ kind: "ok", text }), atMs: performance.now(), failed: false }] as const,
  );
  (globalThis as { [key: symbol]: unknown })[Symbol.for("hookline.verification-keys")] = new Map(held);
  process.send?.("set");
});

function stoppedAt(nowMs: number): DateConstructor {
  return class extends RealDate {
    constructor(...parts: [] | [number | string | Date]) {
      super(...((parts.length === 0 ? [nowMs] : parts) as [number]));
    }
    static override now(): number {
      return nowMs;
    }
  } as DateConstructor;
}
