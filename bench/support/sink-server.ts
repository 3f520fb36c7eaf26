import type { AddressInfo } from "node:net";
import { createServer } from "node:net";

/*
 * The target of every call: answers each request at once and counts them. Written on bare sockets, so that the target
 * costs as little of the two cores as possible. Asked "count" by its parent it tells how many came.
 */
let count = 0;
const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}',
);
const server = createServer((socket) => {
  let buffered = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    for (;;) {
      const headEnd = buffered.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(buffered.toString("latin1", 0, headEnd))?.[1] ?? 0);
      if (buffered.length < headEnd + 4 + length) return;
      buffered = buffered.subarray(headEnd + 4 + length);
      count += 1;
      socket.write(answer);
    }
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("message", () => process.send?.(count));
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
