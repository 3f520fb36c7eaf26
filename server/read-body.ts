import type { IncomingMessage, ServerResponse } from "node:http";
import { MIB, SECOND } from "#lib/core/units.ts";
import type { BodyReading } from "#lib/receive/request-head.ts";

/** Bytes and time a sender gets to finish a body nobody wants, so that it can read the answer. */
const DRAIN_BYTES_MAX = 8 * MIB;
const DRAIN_MS_MAX = 2 * SECOND;

/** Reads a request's body; stops reading at `bytesMax`, so a larger body never lies in memory. */
export function readBody(request: IncomingMessage, response: ServerResponse, bytesMax: number): Promise<BodyReading> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (reading: BodyReading): void => {
      request.off("data", take).off("end", end).off("error", broke).off("close", broke);
      resolve(reading);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      chunks.push(chunk);
      if (bytes <= bytesMax) return;
      request.pause();
      finish({ kind: "too-large", cut: Buffer.concat(chunks).subarray(0, bytesMax), bytesSeen: bytes });
    };
    const end = (): void => finish({ kind: "whole", body: chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks) });
    const broke = (): void => finish({ kind: "broken" });
    request.on("data", take).on("end", end).on("error", broke).on("close", broke);
    if (request.headers.expect?.toLowerCase() === "100-continue") response.writeContinue();
  });
}

/** Reads away the rest of a body, up to 8 MiB and for 2 s at most. */
export function drainBody(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const stop = (): void => {
      clearTimeout(timer);
      request.off("data", count).off("end", stop).off("close", stop).off("error", stop);
      request.on("error", () => undefined);
      resolve();
    };
    const count = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (bytes > DRAIN_BYTES_MAX) stop();
    };
    const timer = setTimeout(stop, DRAIN_MS_MAX);
    request.on("data", count).on("end", stop).on("close", stop).on("error", stop);
    request.resume();
  });
}
