import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { checkReadiness, type FindWorkerProblem } from "#lib/commands/instance/check-readiness.ts";
import { readMetrics } from "#lib/commands/instance/read-metrics.ts";
import { env } from "#lib/platform/env.ts";

/** What an operations page knows about who asks: the peer itself, and whether a proxy stood in between. */
export type OperationsCaller = { peerAddress: string | undefined; forwarded: boolean };

/**
 * Answers /healthz (this process lives), /readyz (it should get traffic) and /metrics (Prometheus); false when the path
 * is none of them. `caller` must be read before headers are rewritten; `findWorkerProblem` is given in a worker's
 * process.
 */
export async function answerOperations(
  request: IncomingMessage,
  response: ServerResponse,
  caller: OperationsCaller,
  findWorkerProblem: FindWorkerProblem | null,
): Promise<boolean> {
  const path = request.url?.split("?", 1)[0];
  if (path !== "/healthz" && path !== "/readyz" && path !== "/metrics") return false;
  if (request.method !== "GET" && request.method !== "HEAD") {
    send(response, 405, "text/plain; charset=utf-8", "Only GET and HEAD.\n", { allow: "GET, HEAD" });
    return true;
  }
  switch (path) {
    case "/healthz":
      send(response, 200, "text/plain; charset=utf-8", "ok\n");
      return true;
    case "/readyz": {
      const { ready, checks } = await checkReadiness(findWorkerProblem);
      const body = {
        status: ready ? "ready" : "not ready",
        checks: Object.fromEntries(checks.map(({ name, detail }) => [name, detail])),
      };
      send(
        response,
        ready ? 200 : 503,
        "application/json",
        `${JSON.stringify(body)}\n`,
        ready ? {} : { "retry-after": "2" },
      );
      return true;
    }
    case "/metrics": {
      if (!mayReadMetrics(request, caller)) {
        send(
          response,
          403,
          "text/plain; charset=utf-8",
          "Metrics are for this machine, or for HOOKLINE_METRICS_TOKEN as bearer token.\n",
        );
        return true;
      }
      const { contentType, text } = await readMetrics();
      send(response, 200, contentType, text);
      return true;
    }
  }
}

function mayReadMetrics(request: IncomingMessage, caller: OperationsCaller): boolean {
  const { metricsToken } = env();
  if (metricsToken === undefined) {
    const peer = caller.peerAddress?.replace(/^::ffff:/, "") ?? "";
    return !caller.forwarded && (peer === "::1" || peer.startsWith("127."));
  }
  const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(metricsToken));
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    "content-type": type,
    "content-length": length,
    "cache-control": "no-store",
    ...headers,
  });
  response.end(body);
}
