import { expect, test } from "vitest";
import { sortSeen } from "#lib/loaders/endpoint-guide.ts";

const seen = (eventType: string | null, count: number, minute = 0) => ({
  eventType,
  count,
  lastAt: new Date(Date.UTC(2026, 0, 1, 12, minute)),
});

test("counts each type worth ticking, with the kinds below it, and lists what else came", () => {
  const { worthTicking, otherTypes } = sortSeen(
    ["push", "pull_request", "issues"],
    [
      seen("pull_request.opened", 5, 1),
      seen("push", 3),
      seen("pull_request.closed", 2, 9),
      seen("pull_request_review.submitted", 1),
      seen(null, 4),
    ],
  );
  expect(worthTicking.map(({ eventType, count, lastAt }) => [eventType, count, lastAt?.slice(14, 16) ?? null])).toEqual(
    [
      ["push", 3, "00"],
      ["pull_request", 7, "09"],
      ["issues", 0, null],
    ],
  );
  expect(otherTypes.map(({ eventType, count }) => [eventType, count])).toEqual([["pull_request_review.submitted", 1]]);
});

test("a type that is named itself is not counted under a shorter name", () => {
  const { worthTicking } = sortSeen(["invoice", "invoice.paid"], [seen("invoice.paid", 2), seen("invoice.voided", 1)]);
  expect(worthTicking.map(({ count }) => count)).toEqual([1, 2]);
});
