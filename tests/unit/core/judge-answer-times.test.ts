import { expect, test } from "vitest";
import { judgeAnswerTimes } from "#lib/core/judge-answer-times.ts";

const github = { name: "GitHub", deadlineSeconds: 10 };
const times = (p99Ms: number, count = 500) => ({ p50Ms: 4, p99Ms, count });

test("says how much of the deadline is used, and warns from half of it on", () => {
  expect(judgeAnswerTimes(times(12), github, null)).toMatchObject({
    tone: "ok",
    title: "Answers in 12 ms of the 10 s allowed",
    share: 0.0012,
  });
  expect(judgeAnswerTimes(times(5_000), github, null).tone).toBe("ok");
  expect(judgeAnswerTimes(times(5_001), github, null)).toMatchObject({
    tone: "warn",
    title: "Answers in 5 s of the 10 s allowed",
  });
  expect(judgeAnswerTimes(times(10_001), github, null)).toMatchObject({ tone: "bad", share: 1 });
});

test("an unknown deadline is said to be unknown, and nothing is judged by it", () => {
  const verdict = judgeAnswerTimes(times(60_000), { name: "Stripe", deadlineSeconds: null }, 120_000);
  expect(verdict).toMatchObject({ tone: "ok", share: null });
  expect(verdict.sentence).toContain("How long Stripe waits is not known");
});

test("few events say nothing, but the sender's deadline is told", () => {
  expect(judgeAnswerTimes(null, github, null)).toMatchObject({
    tone: "neutral",
    title: "GitHub waits 10 s",
    share: null,
  });
  expect(judgeAnswerTimes(times(9_000, 19), github, null).tone).toBe("neutral");
  expect(judgeAnswerTimes(times(9_000, 20), github, null).tone).toBe("warn");
});

test("a computed answer that may come after the sender has gone is warned of, however fast it was so far", () => {
  expect(judgeAnswerTimes(times(12), github, 15_000)).toMatchObject({
    tone: "warn",
    title: "A flow may take 15 s for the answer, GitHub waits 10 s",
  });
  expect(judgeAnswerTimes(times(12), github, 10_000).tone).toBe("ok");
});
