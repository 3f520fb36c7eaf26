import type { IncomingMessage, ServerResponse } from "node:http";
import { MIB, SECOND } from "#lib/core/units.ts";
import { type AskRoom, type BodyReading, UNASKED_BYTES_MAX } from "#lib/door/request-head.ts";
import { takeOverrun } from "#server/overrun.ts";

/**
 * Bytes and time a sender gets to finish a body nobody wants: most clients read the answer only after they have sent
 * all, and one whose connection is closed before sees a broken pipe instead. Twice the largest body that is taken.
 */
const DRAIN_BYTES_MAX = 32 * MIB;
const DRAIN_MS_MAX = 2 * SECOND;

/**
 * Reads a request's body; stops reading at `bytesMax`, so a larger body never lies in memory. One over 1 MiB asks for
 * room first, and its sender's connection is held back until there is.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
  askRoom: AskRoom,
): Promise<BodyReading> {
  return new Promise((resolve) => {
    const declaredBytes = Number(request.headers["content-length"] ?? Number.NaN);
    const chunks: Buffer[] = [];
    let whole: Buffer | null = null;
    let bytes = 0;
    let asked = bytesMax <= UNASKED_BYTES_MAX;
    let finished = false;
    const finish = (reading: BodyReading): void => {
      finished = true;
      request.off("data", take).off("end", end).off("error", broke).off("close", broke);
      resolve(reading);
    };
    const take = (chunk: Buffer): void => {
      if (whole === null) chunks.push(chunk);
      else chunk.copy(whole, bytes);
      bytes += chunk.byteLength;
      // What comes beyond is put in its place as it arrives: joined at the end, 10 MB would hold everybody up. Only for
      // a sender that did send a part of what it announced.
      if (whole === null && bytes > UNASKED_BYTES_MAX && declaredBytes <= bytesMax)
        whole = begin(chunks, declaredBytes);
      if (bytes > bytesMax) {
        request.pause();
        finish({ kind: "too-large", cut: Buffer.concat(chunks).subarray(0, bytesMax), bytesSeen: bytes });
      } else if (!asked && bytes > UNASKED_BYTES_MAX) holdBack();
    };
    const holdBack = (): void => {
      asked = true;
      request.pause();
      void askRoom(Number.isNaN(declaredBytes) ? bytesMax : Math.min(declaredBytes, bytesMax)).then((isRoom) => {
        if (finished) return;
        if (!isRoom) return finish({ kind: "no-room", bytesSeen: bytes });
        if (request.headers.expect?.toLowerCase() === "100-continue" && bytes === 0) response.writeContinue();
        request.resume();
      });
    };
    const end = (): void => {
      const body = whole ?? (chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks));
      finish(takeOverrun(request) ? { kind: "overrun", cut: body, bytesSeen: bytes } : { kind: "whole", body });
    };
    const broke = (): void => {
      const came = whole === null ? Buffer.concat(chunks) : whole.subarray(0, bytes);
      // What the connection's sender was told, see refuse-unparsed.ts.
      finish({
        kind: "broken",
        cut: came.subarray(0, bytesMax),
        bytesSeen: bytes,
        tooSlow: response.statusCode === 408,
      });
    };
    // It may have broken off before anybody listened: while its endpoint was looked up.
    if (request.destroyed) return broke();
    request.on("data", take).on("end", end).on("error", broke).on("close", broke);
    if (!asked && declaredBytes > UNASKED_BYTES_MAX) holdBack();
    else if (request.headers.expect?.toLowerCase() === "100-continue") response.writeContinue();
  });
}

/** A buffer of this length that begins with the chunks, which are let go. */
function begin(chunks: Buffer[], bytes: number): Buffer {
  const whole = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const chunk of chunks.splice(0)) at += chunk.copy(whole, at);
  return whole;
}

/** Reads away the rest of a body, up to 32 MiB and for 2 s at most. */
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
