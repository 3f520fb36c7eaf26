import { createServer } from "node:http";
import { log } from "#lib/platform/log.ts";
import { openWebServer } from "#server/open-web-server.ts";
import { stopOnSignals } from "#server/stop-on-signals.ts";

// The real fast door in a process of its own, without the pages: they need a build, and senders never see them.
const web = await openWebServer({
  httpServer: createServer(),
  port: Number(process.env["PORT"]),
  host: "127.0.0.1",
  pages: async (_request, response) => void response.writeHead(404).end(),
});
log().info({ port: web.port }, "web is serving");
stopOnSignals(() => web.stop());
