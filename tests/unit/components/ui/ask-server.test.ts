import { afterEach, expect, it, vi } from "vitest";
import { askServer } from "#components/ui/ask-server.ts";

afterEach(() => vi.unstubAllGlobals());

it("hands on what the server answers, refusals too", async () => {
  expect(await askServer(async () => ({ kind: "ok", value: 7 }))).toEqual({ kind: "ok", value: 7 });
  const refused = { kind: "refused", code: "conflict", message: "Changed.", problems: [] } as const;
  expect(await askServer(async () => refused)).toEqual(refused);
});

it.each([
  ["a lost connection", new TypeError("Failed to fetch"), true, /did not answer/],
  ["no network", new TypeError("Failed to fetch"), false, /offline/],
  ["an ended session", Object.assign(new Error("x"), { digest: "NEXT_REDIRECT;replace;/sign-in" }), true, /signed out/],
  ["a fault of the server", Object.assign(new Error("x"), { digest: "123" }), true, /failed at this/],
])("says %s in words and never throws", async (_what, error, onLine, words) => {
  vi.stubGlobal("navigator", { onLine });
  expect(await askServer(() => Promise.reject(error))).toEqual({
    kind: "refused",
    code: "no-answer",
    message: expect.stringMatching(words),
    problems: [],
  });
});
