import { describe, expect, test } from "vitest";
import { DAY, HOUR } from "#lib/core/units.ts";
import {
  DEFAULT_RETRY,
  DEFAULT_RETRY_ON,
  decideRetry,
  isRetried,
  isRetryableStatus,
  RETRY_AFTER_MS_MAX,
  retrySchema,
} from "#lib/engine/retry.ts";

const failed = (attempt: number, retryAfterMs: number | null = null) => ({ attempt, retryable: true, retryAfterMs });

describe("retries", () => {
  test.each([0, 0.5, 0.999])("by default are at least 12 tries over at least 72 hours (chance %d)", (chance) => {
    let waitedMs = 0;
    let tries = 1;
    for (; tries < 100; tries += 1) {
      const next = decideRetry(DEFAULT_RETRY, failed(tries), () => chance);
      if (next.kind === "give-up") break;
      waitedMs += next.waitMs;
    }
    expect(tries).toBeGreaterThanOrEqual(12);
    expect(waitedMs).toBeGreaterThanOrEqual(72 * HOUR);
  });

  test("differ by chance, so that many failed runs do not come back at the same moment", () => {
    const waits = [0, 0.3, 0.9].map((chance) => decideRetry(DEFAULT_RETRY, failed(4), () => chance));
    expect(new Set(waits.map((wait) => JSON.stringify(wait))).size).toBe(3);
  });

  test.each([
    [120_000, 120_000],
    [1e12, RETRY_AFTER_MS_MAX],
    [-5, 10_000],
    [1_000, 10_000],
  ])("honour Retry-After of %d ms up to a cap and never come back sooner than planned", (wishMs, waitMs) => {
    expect(decideRetry(DEFAULT_RETRY, failed(1, wishMs), () => 0)).toEqual({ kind: "again", waitMs });
  });

  test("never wait longer than the policy's longest wait and its jitter", () => {
    const next = decideRetry({ ...DEFAULT_RETRY, attempts: 50 }, failed(49), () => 0.999);
    expect(next).toMatchObject({ kind: "again" });
    expect(next.kind === "again" && next.waitMs).toBeLessThanOrEqual(1.2 * DAY);
  });

  test("are not made when the failure says so", () => {
    expect(decideRetry(DEFAULT_RETRY, { attempt: 1, retryable: false, retryAfterMs: null }, () => 0)).toEqual({
      kind: "give-up",
      reason: "not-retryable",
    });
  });

  test("are for 408, 425, 429 and 5xx only", () => {
    const retried = Array.from({ length: 500 }, (_, index) => index + 100).filter(isRetryableStatus);
    expect(retried).toEqual([408, 425, 429, ...Array.from({ length: 100 }, (_, index) => 500 + index)]);
  });
});

describe("what is tried again", () => {
  const told = (on: string[] | undefined, code: string, may: boolean) =>
    isRetried({ ...DEFAULT_RETRY, ...(on === undefined ? {} : { on }) }, { code, may });

  test("is what may pass, where the policy does not say", () => {
    expect(told(undefined, "http-503", true)).toBe(true);
    expect(told(undefined, "http-404", false)).toBe(false);
  });

  test.each([
    [["404"], "http-404", false, true],
    [["404"], "http-503", true, false],
    [["4xx"], "http-418", false, true],
    [["4xx"], "http-500", true, false],
    [["5xx"], "connect-refused", true, false],
    [["5xx", "other"], "connect-refused", true, true],
    // No policy makes a second try of what would fail the same way without an answer.
    [["4xx", "5xx", "other"], "bad-request", false, false],
    [[], "http-503", true, false],
  ])("is %j as the policy says: %s that may pass (%s) → %s", (on, code, may, again) => {
    expect(told(on, code, may)).toBe(again);
  });

  test("says the usual where it says the defaults", () => {
    for (let status = 400; status < 600; status += 1)
      expect(told([...DEFAULT_RETRY_ON], `http-${status}`, isRetryableStatus(status)), String(status)).toBe(
        isRetryableStatus(status),
      );
  });

  test("is refused where it is no status", () => {
    const refused = retrySchema.safeParse({ ...DEFAULT_RETRY, on: ["200"] });
    expect(refused.error?.issues[0]?.message).toContain('"429"');
    expect(retrySchema.safeParse({ ...DEFAULT_RETRY, on: ["429", "5xx", "other"] }).success).toBe(true);
  });
});
