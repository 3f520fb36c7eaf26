import { SECOND } from "#lib/core/units.ts";

/** A taken token, or how long until there is one. */
export type TakeOutcome = { readonly kind: "taken" } | { readonly kind: "empty"; readonly retryAfterSeconds: number };

type Bucket = { tokens: number; atMs: number };

const BUCKETS_MAX = 20_000;

/**
 * Token buckets in memory, one per key: `ratePerSecond` tokens flow in, at most two seconds' worth (and at least one
 * token) is saved up. Per process, lost on restart; a flood cannot grow it beyond 20,000 keys.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one token of `key` at `nowMs` (any clock that only goes forward, milliseconds). */
  take(key: string, ratePerSecond: number, nowMs: number): TakeOutcome {
    const burst = Math.max(1, ratePerSecond * 2);
    const bucket = this.#buckets.get(key) ?? this.#add(key, burst, nowMs);
    const gained = (Math.max(0, nowMs - bucket.atMs) / SECOND) * ratePerSecond;
    bucket.tokens = Math.min(burst, bucket.tokens + gained);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) {
      return { kind: "empty", retryAfterSeconds: Math.max(1, Math.ceil((1 - bucket.tokens) / ratePerSecond)) };
    }
    bucket.tokens -= 1;
    return { kind: "taken" };
  }

  #add(key: string, tokens: number, nowMs: number): Bucket {
    if (this.#buckets.size >= BUCKETS_MAX) this.#forgetOldest();
    const bucket = { tokens, atMs: nowMs };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /**
   * The keys seen first go, a quarter at a time: looking for idle ones with every new key would cost more than the
   * flood.
   */
  #forgetOldest(): void {
    let left = BUCKETS_MAX / 4;
    for (const key of this.#buckets.keys()) {
      if (left === 0) return;
      this.#buckets.delete(key);
      left -= 1;
    }
  }
}
