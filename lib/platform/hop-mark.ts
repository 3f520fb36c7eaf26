import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { secretKey } from "./secret-key.ts";
import { singleton } from "./singleton.ts";

/**
 * The header that calls of a run carry: through how many runs what they tell has gone. Whoever passes it on, a flow
 * that feeds itself is found out; it says nothing else.
 */
export const HOP_MARK_HEADER = "hookline-hops";

const HOPS_SHOWN_MAX = 999;
const MARK = /^(\d{1,3})\.([\w-]{22})$/;

/**
 * The mark of a run's calls: `hops` counts that run. The same for all with as many hops, so a retry sends the same
 * bytes.
 */
export function makeHopMark(hops: number): string {
  const shown = Math.min(hops, HOPS_SHOWN_MAX);
  return `${shown}.${macOf(shown)}`;
}

/**
 * The hops a mark counts, or 0 when this instance did not make it: whoever writes the header himself changes nothing.
 */
export function readHopMark(mark: string): number {
  const [, hops = "", given = ""] = MARK.exec(mark.trim()) ?? [];
  if (given === "") return 0;
  const [a, b] = [Buffer.from(given), Buffer.from(macOf(Number(hops)))];
  return a.length === b.length && timingSafeEqual(a, b) ? Number(hops) : 0;
}

/** There are a thousand at most, and every call has one: each is made once. */
function macOf(hops: number): string {
  const { key, macs } = singleton("hop-marks", () => ({
    key: Buffer.from(hkdfSync("sha256", secretKey(), "", "hookline hop mark 1", 32)),
    macs: new Map<number, string>(),
  }));
  const known = macs.get(hops);
  if (known !== undefined) return known;
  const made = createHmac("sha256", key).update(String(hops)).digest().subarray(0, 16).toString("base64url");
  macs.set(hops, made);
  return made;
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
