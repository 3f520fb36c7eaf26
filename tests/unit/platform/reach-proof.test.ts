import { randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { answerReachQuestion, makeReachQuestion, readReachAnswer } from "#lib/platform/reach-proof.ts";
import { isTestMark, makeTestMark } from "#lib/platform/test-mark.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const facts = { https: true, ip: "203.0.113.9", through: null };

beforeAll(() => {
  process.env.HOOKLINE_SECRET_KEY ??= randomBytes(32).toString("base64");
});

test("a question is answered for a minute, and the answer says what the door saw", () => {
  const question = makeReachQuestion(NOW);
  expect(question).toMatch(/^[A-Za-z0-9_-]{22,64}$/);
  const answer = answerReachQuestion(question, facts, new Date(NOW.getTime() + 59_000));
  expect(readReachAnswer(question, answer ?? "")).toEqual(facts);
  expect(answerReachQuestion(question, facts, new Date(NOW.getTime() + 62_000))).toBeNull();
});

test("nobody else's question is answered, and nobody else's answer is believed", () => {
  const [question, other] = [makeReachQuestion(NOW), makeReachQuestion(NOW)];
  const [, nonce, until] = /^reach-(.{16})-(\w+)-/.exec(question) ?? [];
  for (const forged of [
    "reach-x",
    "abc",
    `reach-${nonce}-${until}-${"A".repeat(22)}`,
    question.replace(until ?? "", "zzzzzz"),
    `${question}x`,
  ])
    expect(answerReachQuestion(forged, facts, NOW), forged).toBeNull();
  const answer = answerReachQuestion(question, facts, NOW) ?? "";
  expect(readReachAnswer(other, answer)).toBeNull();
  expect(readReachAnswer(question, answer.replace("203.0.113.9", "198.51.100.1"))).toBeNull();
  for (const wrong of ["", "ok", "{}", "null", '{"facts":"{}","proof":"x"}'])
    expect(readReachAnswer(question, wrong)).toBeNull();
});

test("a test mark belongs to one endpoint and cannot be made up", () => {
  const mark = makeTestMark("endpoint-1", "a1b2-0");
  expect(isTestMark("endpoint-1", mark)).toBe(true);
  expect(isTestMark("endpoint-2", mark)).toBe(false);
  expect(isTestMark("endpoint-1", mark.replace("a1b2-0", "a1b2-1"))).toBe(false);
  for (const wrong of ["", "a", "a1b2-0.", `a1b2-0.${"A".repeat(22)}`, `${mark}.x`])
    expect(isTestMark("endpoint-1", wrong), wrong).toBe(false);
});
