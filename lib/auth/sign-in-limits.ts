import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Whether one more attempt may be made now; if not, when. */
export type AttemptOutcome = { kind: "allowed" } | { kind: "refused"; retryAfterMs: number };

const PLACES_PER_ACCOUNT_MAX = 20;
const ACCOUNTS_REMEMBERED_MAX = 1_000;

/**
 * Counts one sign-in attempt against its address, its account from this address, and its account as a whole. The last
 * spares addresses the account has signed in from before, so nobody can keep an owner out by guessing: a block lasts at
 * most a minute, and never on a known address that the guesser does not share.
 */
export async function countSignInAttempt(email: string, clientIp: string): Promise<AttemptOutcome> {
  const { byAddress, byPair, byAccount, knownPlaces } = limits();
  const near = Math.max(await consume(byAddress, clientIp), await consume(byPair, `${email}\n${clientIp}`));
  const isKnownPlace = knownPlaces.get(email)?.has(clientIp) === true;
  const retryAfterMs = near > 0 || isKnownPlace ? near : await consume(byAccount, email);
  return retryAfterMs === 0 ? { kind: "allowed" } : { kind: "refused", retryAfterMs };
}

/** Notes a successful sign-in: the pair's count starts anew, and the address is known for this account from now on. */
export async function noteSignIn(email: string, clientIp: string): Promise<void> {
  const { byPair, knownPlaces } = limits();
  await byPair.delete(`${email}\n${clientIp}`);
  const places = knownPlaces.get(email) ?? new Set<string>();
  if (places.size < PLACES_PER_ACCOUNT_MAX) places.add(clientIp);
  if (knownPlaces.size >= ACCOUNTS_REMEMBERED_MAX) knownPlaces.clear();
  knownPlaces.set(email, places);
}

function limits() {
  return singleton("sign-in-limits", () => {
    const points = env().signInAttemptsPerMinute;
    return {
      byAddress: new RateLimiterMemory({ keyPrefix: "address", points: points * 3, duration: 60 }),
      byPair: new RateLimiterMemory({ keyPrefix: "pair", points, duration: 60 }),
      byAccount: new RateLimiterMemory({ keyPrefix: "account", points: points * 3, duration: 60 }),
      knownPlaces: new Map<string, Set<string>>(),
    };
  });
}

/** Takes one point; 0 when there was one, else the milliseconds until the next. */
async function consume(limiter: RateLimiterMemory, key: string): Promise<number> {
  try {
    await limiter.consume(key);
    return 0;
  } catch (outcome) {
    if (outcome instanceof RateLimiterRes) return Math.max(1, outcome.msBeforeNext);
    throw outcome;
  }
}
