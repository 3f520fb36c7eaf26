import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FindWorkerProblem } from "#lib/commands/instance/check-readiness.ts";
import { log } from "#lib/platform/log.ts";
import { answerOperations } from "#server/answer-operations.ts";

/** A server with nothing but /healthz, /readyz and /metrics, for the worker; `stop` closes it at once. */
export async function openOperationsServer(
  port: number,
  host: string | undefined,
  findWorkerProblem: FindWorkerProblem,
): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const caller = { peerAddress: request.socket.remoteAddress, forwarded: "x-forwarded-for" in request.headers };
    answerOperations(request, response, caller, findWorkerProblem).then(
      (answered) => {
        if (!answered) response.writeHead(404, { "content-length": 0 }).end();
      },
      (error: unknown) => {
        log().error({ error }, "an operations page failed");
        if (response.headersSent) response.destroy();
        else response.writeHead(500, { "content-length": 0 }).end();
      },
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
