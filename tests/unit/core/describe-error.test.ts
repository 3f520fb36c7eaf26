import { describe, expect, test } from "vitest";
import { answerError, readJson } from "#app/api/ui/answer-error.ts";
import { runAction } from "#app/run-action.ts";
import { problemOf } from "#lib/api/problem.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { describeError, wordsOfDigest } from "#lib/core/describe-error.ts";
import {
  BusyError,
  ConflictError,
  type ExpectedError,
  ForeignPageError,
  InvalidInputError,
  NotFoundError,
  NotJsonError,
} from "#lib/core/errors.ts";
import { SealBroken } from "#lib/platform/seal.ts";
import { SandboxUnavailable } from "#lib/sandbox/sandbox-unavailable.ts";

const problems = [{ field: "steps[2].input.url", message: "This is needed." }];
const cases: [ExpectedError, number, string][] = [
  [new NotFoundError("flow"), 404, "not-found"],
  [new ForbiddenError("flow.edit"), 403, "forbidden"],
  [new ForeignPageError(), 403, "foreign-page"],
  [new ConflictError("run-ended", "It ended."), 409, "run-ended"],
  [new InvalidInputError(problems), 422, "invalid-input"],
  [new BusyError("search-busy", "Too many at once."), 429, "search-busy"],
  [new NotJsonError(), 400, "not-json"],
  [new SealBroken("damaged"), 500, "sealed"],
  [new SandboxUnavailable("fork failed: ENOMEM"), 503, "unavailable"],
];

describe.each(cases)("%s", (error, status, code) => {
  test("is the same to a page, a route, a server action and the API", async () => {
    const described = describeError(error);
    expect(described).toMatchObject({ status, code });
    const answer = answerError(error);
    expect([answer.status, await answer.json()]).toEqual([
      status,
      { code, message: described?.message, problems: described?.problems },
    ]);
    expect(problemOf(error)).toMatchObject({ status, code, detail: described?.message });
    const refused = await runAction(() => Promise.reject(error));
    expect(refused).toEqual({ kind: "refused", code, message: described?.message, problems: described?.problems });
    expect(wordsOfDigest(error.digest)).toMatch(/\.$/);
  });
});

test("keeps the wrong fields, and the words of a broken part to itself", () => {
  expect(describeError(new InvalidInputError(problems))?.problems).toEqual(problems);
  expect(describeError(new SandboxUnavailable("fork failed: ENOMEM"))?.message).not.toContain("ENOMEM");
});

test("leaves faults alone: they go to the log and the boundary, never to whoever asked", async () => {
  const fault = new TypeError("secret inside");
  expect([describeError(fault), problemOf(fault), wordsOfDigest("1234567")]).toEqual([null, null, null]);
  expect(() => answerError(fault)).toThrow(fault);
  await expect(runAction(() => Promise.reject(fault))).rejects.toBe(fault);
});

test("a body that is no JSON is told so", async () => {
  const request = new Request("http://localhost/", { method: "POST", body: "{" });
  await expect(readJson(request)).rejects.toBeInstanceOf(NotJsonError);
});
