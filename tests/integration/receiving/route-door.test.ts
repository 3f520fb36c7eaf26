import { createServer } from "node:http";
import { Readable } from "node:stream";
import { afterAll, beforeAll } from "vitest";
import { receiveThroughRoute } from "#lib/commands/receive-through-route.ts";
import { flushRecords } from "#lib/commands/record-request.ts";
import { describeDoor } from "#tests/support/door-conformance.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();

/** The route's handler behind web-standard requests, without Next: the built one is tried end to end. */
const server = createServer((request, response) => {
  const bodyless = request.method === "GET" || request.method === "HEAD";
  const init = {
    method: request.method ?? "",
    headers: request.headers as Record<string, string>,
    ...(bodyless ? {} : { body: Readable.toWeb(request), duplex: "half" }),
  };
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  void receiveThroughRoute(new Request(url, init as RequestInit), url.pathname.slice("/in/".length)).then(async (answer) => {
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
});
const door = { url: "" };
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  door.url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(async () => {
  await flushRecords();
  server.closeAllConnections();
  server.close();
});

describeDoor("the route's handler", door);
