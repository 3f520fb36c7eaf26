import net from "node:net";

/**
 * Writes the parts (a character is a byte) to a port of loopback with a pause after each, and gives what came back
 * until the connection closed, and after how long.
 */
export function talk(
  port: number,
  parts: readonly string[],
  pauseMs = 5,
): Promise<{ text: string; status: number; ms: number }> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const socket = net.connect({ port, host: "127.0.0.1" });
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
      resolve({ text, status, ms: performance.now() - startedMs });
    });
    void (async () => {
      for (const part of parts) {
        if (socket.destroyed) return;
        socket.write(Buffer.from(part, "latin1"));
        await new Promise((next) => setTimeout(next, pauseMs));
      }
    })();
  });
}
