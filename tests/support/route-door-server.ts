import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import next from "next";
import { setDoorWorld } from "#tests/support/door-world.ts";

/**
 * The built app as a host without Hookline's own server runs it: Next alone, so that `/in/*` reaches the route handler.
 * A message `{ nowMs, certificates }` sets the database's clock as it is known here (null: the real one) and what
 * addresses of certificates serve.
 */
const pages = next({ dev: false, dir: process.cwd() });
await pages.prepare();
const handle = pages.getRequestHandler();
const server = createServer((request, response) => void handle(request, response));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));

process.on("message", ({ nowMs, certificates }: { nowMs: number | null; certificates: Record<string, string> }) => {
  setDoorWorld(nowMs, certificates);
  process.send?.("set");
});
