import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll } from "vitest";
import { receiveThroughRoute } from "#lib/commands/requests/receive-through-route.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { keepRawHeads } from "#server/keep-raw-heads.ts";
import type { OpenDoor } from "#tests/support/receiving.ts";

/**
 * Opens the route's handler behind web-standard requests, without Next (the built one is tried end to end). With
 * `rawHeads` the heads are kept as `instrumentation.ts` keeps them. Needs `useTestDatabase()` before it.
 */
export function useRouteDoor({ rawHeads }: { rawHeads: boolean }): OpenDoor {
  const server = createServer((request, response) => {
    const bodyless = request.method === "GET" || request.method === "HEAD";
    const init = {
      method: request.method ?? "",
      headers: Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : (value ?? ""),
      ]),
      ...(bodyless ? {} : { body: Readable.toWeb(request), duplex: "half" }),
    };
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    void receiveThroughRoute(new Request(url, init as RequestInit), url.pathname.slice("/in/".length)).then(
      async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
      },
    );
  });
  const port = (): number => (server.address() as AddressInfo | null)?.port ?? 0;
  beforeAll(async () => {
    if (rawHeads) keepRawHeads();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await flushRecords();
    server.closeAllConnections();
    server.close();
  });
  return {
    get url() {
      return `http://127.0.0.1:${port()}`;
    },
    get port() {
      return port();
    },
  };
}
