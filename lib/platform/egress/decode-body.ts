import { constants, createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** An answer's body after its content coding, at most `bytesMax` of it. */
export type DecodedBody = { bytes: Buffer; truncated: boolean; problem: "coding" | "damaged" | null };

/**
 * Undoes gzip or deflate, stopping at `bytesMax` bytes of output however far the input would unfold. Any other coding,
 * or more than one, is left as it came (problem "coding"): Hookline never asks for them.
 */
export async function decodeBody(
  raw: Buffer,
  contentEncoding: string | undefined,
  bytesMax: number,
): Promise<DecodedBody> {
  const coding = (contentEncoding ?? "").trim().toLowerCase();
  if (coding === "" || coding === "identity" || raw.length === 0)
    return { bytes: raw, truncated: false, problem: null };
  if (coding !== "gzip" && coding !== "x-gzip" && coding !== "deflate")
    return { bytes: raw, truncated: false, problem: "coding" };
  const options = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 65_536 };
  // Some servers send "deflate" without the zlib frame (RFC 9110 §8.4.1.2 notes it).
  const framed = ((raw[0] ?? 0) & 0x0f) === 8;
  const decoder =
    coding === "deflate" ? (framed ? createInflate(options) : createInflateRaw(options)) : createGunzip(options);
  const chunks: Buffer[] = [];
  let size = 0;
  let problem: DecodedBody["problem"] = null;
  decoder.on("error", () => undefined);
  decoder.end(raw);
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > bytesMax) break;
    }
  } catch {
    problem = "damaged";
  }
  const bytes = Buffer.concat(chunks);
  return { bytes: bytes.subarray(0, bytesMax), truncated: size > bytesMax, problem };
}
