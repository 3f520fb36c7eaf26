import { z } from "zod";
import { DAY, HOUR, SECOND } from "#lib/core/units.ts";

/** What a step may be tried again after: an HTTP status, all of a hundred, or any other failure that may pass. */
const RETRIED = /^(?:[45]\d\d|[45]xx|other)$/;

/**
 * Retry rules of one step. attempts counts the first try. Waits grow by `factor` (1: they stay) from `firstMs` up to
 * `maxMs`, with jitter. `on` takes the place of what is usually tried again.
 */
export const retrySchema = z.strictObject({
  attempts: z.int().min(1).max(50),
  firstMs: z.int().min(100).max(3_600_000),
  factor: z.number().min(1).max(10),
  maxMs: z.int().min(100).max(86_400_000),
  on: z
    .array(z.string().regex(RETRIED, 'Write a status such as "429", all of a hundred as "5xx", or "other".'))
    .max(50)
    .optional(),
});

/** How often and how patiently a step is tried again. `attempts` counts the first try. */
export type RetryPolicy = z.infer<typeof retrySchema>;

/** 12 tries over at least 75 hours: 10 s, 30 s, 90 s, … then a day between the last three. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 12, firstMs: 10 * SECOND, factor: 3, maxMs: 1 * DAY };

/** A target's Retry-After is honoured up to here; a longer wish is cut. */
export const RETRY_AFTER_MS_MAX = 24 * HOUR;

/** Waits grow by up to this share at random, never shrink: so the whole span is a promise. */
const JITTER_SHARE = 0.2;

/** What is tried again where the policy does not say: as `isRetryableStatus` has it, and what got no answer. */
export const DEFAULT_RETRY_ON: readonly string[] = ["408", "425", "429", "5xx", "other"];

const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** Whether an HTTP status says "try again": 408, 425, 429 and every 5xx; never another 4xx. */
export function isRetryableStatus(status: number): boolean {
  return RETRYABLE_STATUSES.has(status) || (status >= 500 && status <= 599);
}

/**
 * Whether a failure is one that the policy tries again. Its code is `http-<status>` where a target answered; `may` says
 * whether another try could end otherwise, which no policy overrules where there was no answer.
 */
export function isRetried({ on }: RetryPolicy, failed: { code: string; may: boolean }): boolean {
  if (on === undefined) return failed.may;
  const status = statusOf(failed.code);
  if (status === null) return failed.may && on.includes("other");
  return on.includes(String(status)) || on.includes(`${Math.floor(status / 100)}xx`);
}

/** The HTTP status that a failure's code tells of, or null. */
export function statusOf(code: string): number | null {
  const status = /^http-(\d{3})$/.exec(code)?.[1];
  return status === undefined ? null : Number(status);
}

/** What follows a failed try. */
export type RetryDecision =
  | { kind: "again"; waitMs: number }
  | { kind: "give-up"; reason: "not-retryable" | "attempts-used-up" };

/** Decides what follows the failed try number `attempt` (1 = the first); `random` is in [0, 1). */
export function decideRetry(
  policy: RetryPolicy,
  failed: { attempt: number; retryable: boolean; retryAfterMs: number | null },
  random: () => number,
): RetryDecision {
  if (!failed.retryable) return { kind: "give-up", reason: "not-retryable" };
  if (failed.attempt >= policy.attempts) return { kind: "give-up", reason: "attempts-used-up" };
  const backoffMs = backoff(policy, failed.attempt) * (1 + JITTER_SHARE * random());
  const wishedMs = Math.min(Math.max(failed.retryAfterMs ?? 0, 0), RETRY_AFTER_MS_MAX);
  return { kind: "again", waitMs: Math.round(Math.max(backoffMs, wishedMs)) };
}

function backoff(policy: RetryPolicy, attempt: number): number {
  return Math.min(policy.firstMs * policy.factor ** (attempt - 1), policy.maxMs);
}
