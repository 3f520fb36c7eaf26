import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import next from "next";

/** The built app as a host without Hookline's own server runs it: Next alone, so that `/in/*` reaches the route handler. */
const pages = next({ dev: false, dir: process.cwd() });
await pages.prepare();
const handle = pages.getRequestHandler();
const server = createServer((request, response) => void handle(request, response));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
