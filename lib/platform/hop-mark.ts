import { createHmac, createSecretKey, hash, hkdfSync, timingSafeEqual } from "node:crypto";
import { secretKey } from "./secret-key.ts";
import { singleton } from "./singleton.ts";

/**
 * The header that calls of a run carry: through how many runs what they tell has gone. Whoever passes it on, a flow that
 * feeds itself is found out; it says nothing else about the run.
 */
export const HOP_MARK_HEADER = "hookline-hops";

const MARK = /^(\d{1,3})\.([\w-]{11})\.([\w-]{22})$/;

/** The mark of a step's calls: `hops` counts its own run. The same step gives the same mark, so a retry sends the same bytes. */
export function makeHopMark(hops: number, place: { readonly runId: string; readonly stepPath: string }): string {
  const about = hash("sha256", `${place.runId}/${place.stepPath}`, "buffer").subarray(0, 8).toString("base64url");
  const shown = Math.min(hops, 999);
  return `${shown}.${about}.${mac(shown, about)}`;
}

/** The hops a mark counts, or 0 when this instance did not make it: whoever writes the header himself changes nothing. */
export function readHopMark(mark: string): number {
  const [, hops = "", about = "", given = ""] = MARK.exec(mark.trim()) ?? [];
  if (given === "") return 0;
  const [a, b] = [Buffer.from(given), Buffer.from(mac(Number(hops), about))];
  return a.length === b.length && timingSafeEqual(a, b) ? Number(hops) : 0;
}

function mac(hops: number, about: string): string {
  // As a key object: every call has a mark, and bytes are made into one anew each time, which takes longer than the rest.
  const key = singleton("hop-mark-key", () =>
    createSecretKey(Buffer.from(hkdfSync("sha256", secretKey(), "", "hookline hop mark 1", 32))),
  );
  return createHmac("sha256", key).update(`${hops}:${about}`).digest().subarray(0, 16).toString("base64url");
}

/** The hops behind a request: the most that a genuine mark among its headers counts; 0 without one. */
export function hopsOf(headers: ReadonlyArray<readonly [name: string, value: string]>): number {
  let hops = 0;
  for (const [name, value] of headers) {
    if (name.length !== HOP_MARK_HEADER.length || name.toLowerCase() !== HOP_MARK_HEADER) continue;
    for (const mark of value.split(",")) hops = Math.max(hops, readHopMark(mark));
  }
  return hops;
}
