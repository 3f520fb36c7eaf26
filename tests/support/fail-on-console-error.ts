import { afterEach, expect } from "vitest";

// Not a spy of vitest's: those are undone before every test.
const written: string[] = [];
const original = console.error;
console.error = (...parts: unknown[]) => {
  written.push(parts.map(String).join(" "));
  original(...parts);
};

afterEach(() => {
  expect(written.splice(0), "console.error was called during this test").toEqual([]);
});
