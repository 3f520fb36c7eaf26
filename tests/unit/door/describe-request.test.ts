import { expect, test } from "vitest";
import { describeRequest, type RequestFacts } from "#lib/door/describe-request.ts";

const facts: RequestFacts = {
  verdict: "no flow",
  verification: "not verified",
  reason: null,
  message: "",
  providerName: "GitHub",
  secret: null,
  duplicateCount: 0,
  runCount: 0,
  acceptedByHand: false,
};

test("says that a person ran what no flow wanted, or what was refused", () => {
  expect(describeRequest(facts)).toBe(
    "Accepted, not verified, first delivery; no live flow wanted it, so nothing ran.",
  );
  expect(describeRequest({ ...facts, byHandCount: 1 })).toBe(
    "Accepted, not verified, first delivery; no live flow wanted it, run by hand.",
  );
  expect(describeRequest({ ...facts, verdict: "accepted", acceptedByHand: true, byHandCount: 2 })).toBe(
    "Accepted by hand after it was refused, first delivery, run by hand 2 times.",
  );
  expect(describeRequest({ ...facts, verdict: "accepted", runCount: 1, byHandCount: 2 })).toBe(
    "Accepted, not verified, first delivery, started 1 flow.",
  );
});
