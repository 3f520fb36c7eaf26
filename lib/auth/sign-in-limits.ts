import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import { ConflictError } from "#lib/core/errors.ts";
import { countAttempt, replaceCount } from "#lib/db/sign-in-counts.ts";
import { env } from "#lib/platform/env.ts";

/** Whether one more attempt may be made now; if not, when. */
export type AttemptOutcome = { kind: "allowed" } | { kind: "refused"; retryAfterMs: number };

const PLACE_KNOWN_DAYS = 90;

/**
 * Counts one sign-in attempt against its address, its account from this address, and its account as a whole, for all
 * web processes on this database together. The last spares addresses the account has signed in from in the last 90
 * days, so nobody can keep an owner out by guessing: a block lasts at most a minute, and never on a known address that
 * the guesser does not share. Throws when the database does not answer: then nobody signs in.
 */
export async function countSignInAttempt(email: string, clientIp: string): Promise<AttemptOutcome> {
  const points = env().signInAttemptsPerMinute;
  const place = networkOf(clientIp);
  const counts = [
    { key: keyOf("address", place), max: points * 3 },
    { key: keyOf("pair", email, place), max: points },
    { key: keyOf("account", email), max: points * 3 },
  ];
  const retryAfterMs = await countAttempt(counts, keyOf("known place", email, place));
  return retryAfterMs === 0 ? { kind: "allowed" } : { kind: "refused", retryAfterMs };
}

/** Notes a successful sign-in: the pair's count starts anew, and the address is known for this account from now on. */
export async function noteSignIn(email: string, clientIp: string): Promise<void> {
  const place = networkOf(clientIp);
  await replaceCount(keyOf("pair", email, place), keyOf("known place", email, place), PLACE_KNOWN_DAYS);
}

/**
 * Counts one guess at another secret that a person types: the set-up token by address, the current password by account.
 * Throws ConflictError "too-many-attempts" when the minute holds too many.
 */
export async function refuseManyGuesses(at: "set-up token" | "current password", who: string): Promise<void> {
  const waitMs = await countAttempt([{ key: keyOf(at, networkOf(who)), max: env().signInAttemptsPerMinute }]);
  if (waitMs > 0) throw new ConflictError("too-many-attempts", "Too many attempts. Wait a minute, then try again.");
}

/**
 * What one person can hold of the address space: an IPv6 network of 64 bits, one IPv4 address; other text stays as it
 * is.
 */
function networkOf(clientIp: string): string {
  if (!ipaddr.isValid(clientIp)) return clientIp;
  const address = ipaddr.process(clientIp);
  return address.kind() === "ipv4"
    ? address.toString()
    : Buffer.from(address.toByteArray().slice(0, 8)).toString("hex");
}

/** Fixed in length, and no list of the addresses that people typed. */
function keyOf(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}
