import { expect, it } from "vitest";
import { TokenBuckets } from "#lib/door/token-bucket.ts";

it("lets the rate through in the long run and two seconds' worth at once", () => {
  const buckets = new TokenBuckets();
  let taken = 0;
  for (let ms = 0; ms <= 10_000; ms += 1) if (buckets.take("a", 10, ms).kind === "taken") taken += 1;
  expect(taken).toBe(20 + 100);
});

it("says after how many whole seconds there is a token again", () => {
  const buckets = new TokenBuckets();
  expect(buckets.take("a", 0.2, 0)).toEqual({ kind: "taken" });
  expect(buckets.take("a", 0.2, 0)).toEqual({ kind: "empty", retryAfterSeconds: 5 });
  expect(buckets.take("a", 0.2, 4_000)).toEqual({ kind: "empty", retryAfterSeconds: 1 });
  expect(buckets.take("a", 0.2, 5_000)).toEqual({ kind: "taken" });
});

it("keeps keys apart and stays bounded under a flood of keys", () => {
  const buckets = new TokenBuckets();
  for (let n = 0; n < 50_000; n += 1) buckets.take(`k${n}`, 1, n);
  expect(buckets.take("another", 1, 50_000)).toEqual({ kind: "taken" });
});
