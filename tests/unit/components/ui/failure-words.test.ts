import { expect, test } from "vitest";
import { wordsOfFailure } from "#components/ui/failure-words.ts";

test.each([
  ["a lost connection", new TypeError("Failed to fetch"), true, /did not answer/],
  ["being offline", new TypeError("Failed to fetch"), false, /offline/],
  [
    "an ended session",
    Object.assign(new Error("x"), { digest: "NEXT_REDIRECT;replace;/sign-in;307;" }),
    true,
    /signed out/,
  ],
  ["a fault of the server", Object.assign(new Error("secret inside"), { digest: "123456" }), true, /log has the cause/],
  ["anything else that is thrown", "odd", true, /did not answer/],
])("says %s in plain words, never a program's own", (_name, thrown, online, words) => {
  const said = wordsOfFailure(thrown, online);
  expect(said).toMatch(words);
  expect(said).not.toMatch(/fetch|secret inside|NEXT_/);
});
