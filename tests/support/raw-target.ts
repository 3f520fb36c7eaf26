import { once } from "node:events";
import net from "node:net";
import { onTestFinished } from "vitest";

/** A TCP server on loopback that speaks whatever bytes a test gives it, and keeps what it heard. */
export type RawTarget = { port: number; url: string; connections: number; heard: string[]; sockets: Set<net.Socket> };

/** Starts a raw server for this test; `talk` gets each new connection. */
export async function startRawTarget(talk: (socket: net.Socket, number: number) => void): Promise<RawTarget> {
  const target: RawTarget = { port: 0, url: "", connections: 0, heard: [], sockets: new Set() };
  const server = net.createServer((socket) => {
    const number = target.connections;
    target.connections += 1;
    target.heard[number] = "";
    target.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => target.sockets.delete(socket));
    socket.on("data", (chunk) => {
      target.heard[number] += chunk.toString("latin1");
    });
    talk(socket, number);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  target.port = (server.address() as net.AddressInfo).port;
  target.url = `http://127.0.0.1:${target.port}/`;
  onTestFinished(async () => {
    for (const socket of target.sockets) socket.destroy();
    server.close();
    await once(server, "close");
  });
  return target;
}

/**
 * Answers every request on the connection, once its head (and a body of its Content-Length) has come, with these bytes.
 */
export function answerWith(
  bytes: string | Buffer,
  then: "keep" | "end" | "destroy" = "end",
): (socket: net.Socket) => void {
  return (socket) => {
    let seen = "";
    socket.on("data", (chunk) => {
      seen += chunk.toString("latin1");
      const headEnd = seen.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(seen)?.[1] ?? 0);
      if (seen.length < headEnd + 4 + length) return;
      seen = "";
      socket.write(bytes, () => {
        if (then === "end") socket.end();
        if (then === "destroy") socket.resetAndDestroy();
      });
    });
  };
}
