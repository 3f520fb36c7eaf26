import { createServer } from "node:net";

/** What trying to listen on a port ended in. */
export type PortOutcome = { kind: "free"; port: number } | { kind: "refused"; code: string };

/** Listens for a moment on `port` (0 takes any) and says whether it is free. */
export async function tryPort(port: number, host?: string): Promise<PortOutcome> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve({ kind: "refused", code: error.code ?? "unknown" }));
    server.listen({ port, host }, () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve({ kind: "free", port: found }));
    });
  });
}
