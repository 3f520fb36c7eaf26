import { expect, test } from "vitest";
import { judgeRepeats } from "#lib/loaders/repeats.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";

const usual = { answer: { kind: "default" } } as const;
const none = getProvider("none");
const counts = { events: 20, repeated: 0, most: 1, sameBodies: 0 };

test("single repeats, signs of life and a tenth of many events say nothing", () => {
  expect(judgeRepeats(counts, usual, none)).toBeNull();
  expect(judgeRepeats({ ...counts, repeated: 2, most: 9 }, usual, none)).toBeNull();
  expect(judgeRepeats({ ...counts, sameBodies: 1 }, usual, none)).toBeNull();
  expect(judgeRepeats({ ...counts, events: 200, repeated: 5, most: 4 }, usual, none)).toBeNull();
});

test("the first event of a new sender tells when it comes again and again", () => {
  const first = { events: 1, repeated: 1, most: 5, sameBodies: 0 };
  expect(judgeRepeats(first, usual, none)).toMatchObject({ kind: "known", count: 1, most: 5, answer: "202" });
  expect(judgeRepeats({ ...first, most: 3 }, usual, none)).toBeNull();
  expect(judgeRepeats({ ...first, events: 2 }, usual, none)).toBeNull();
  expect(judgeRepeats({ ...counts, events: 0 }, usual, none)).toBeNull();
});

test("a habit is told with how it is answered and what the sender wants", () => {
  expect(judgeRepeats({ ...counts, repeated: 4, most: 7 }, usual, none)).toEqual({
    kind: "known",
    count: 4,
    most: 7,
    answer: "202",
    wants: null,
  });
  expect(judgeRepeats({ ...counts, sameBodies: 3 }, usual, getProvider("rspamd"))).toMatchObject({
    kind: "unknown",
    count: 3,
    answer: "200",
    wants: "200, nothing else.",
  });
});
