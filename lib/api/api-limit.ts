import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Takes one call of an API key; 0 when it may be made, else the milliseconds until the next may. Per web process. */
export async function takeApiCall(keyId: string): Promise<number> {
  const limiter = singleton("api-limit", () => new RateLimiterMemory({ points: env().apiRatePerMinute, duration: 60 }));
  try {
    await limiter.consume(keyId);
    return 0;
  } catch (outcome) {
    if (outcome instanceof RateLimiterRes) return Math.max(1, outcome.msBeforeNext);
    throw outcome;
  }
}
