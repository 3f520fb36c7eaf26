import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const decisions = readdirSync("docs/decisions");
const documents = [
  "README.md",
  "CHANGELOG.md",
  "findings/README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  ...decisions.map((name) => `docs/decisions/${name}`),
];
const FOLDERS = /^(app|bench|bin|components|docs|lib|prisma|scripts|server|tests)\//;

test.each(documents)("what %s names is there: files, folders, links and decisions", (file) => {
  const text = readFileSync(file, "utf8");
  expect([...findLostPaths(text), ...findLostLinks(file, text), ...findLostDecisions(text)]).toEqual([]);
});

test("each decision has a number of its own and a title", () => {
  const numbers = decisions.map((name) => /^(\d{3})-[a-z0-9-]+\.md$/.exec(name)?.[1] ?? `not numbered: ${name}`);
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at || !/^\d{3}$/.test(number))).toEqual([]);
  expect(decisions.filter((name) => !/^# [A-Z/]/.test(readFileSync(`docs/decisions/${name}`, "utf8")))).toEqual([]);
});

test("what a document names and nobody has is found", () => {
  expect(findLostPaths("see `lib/core/ids.ts`, `lib/worker`, `lib/core/gone.ts` and `/api/v1`")).toEqual([
    "lib/core/gone.ts",
  ]);
  expect(
    findLostLinks("docs/architecture.md", "[a](../README.md) [b](gone.md) [c](https://example.com/x) [d](#here)"),
  ).toEqual(["gone.md"]);
  expect(findLostDecisions("(decision 001), (decision 999)")).toEqual(["decision 999"]);
});

function findLostPaths(text: string): string[] {
  return [...text.matchAll(/`([\w./[\]()-]+)`/g)]
    .map(([, named = ""]) => named.replace(/\/$/, ""))
    .filter((named) => FOLDERS.test(named) && ![named, `${named}.ts`, `${named}.tsx`].some(existsSync));
}

function findLostLinks(file: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(path.join(path.dirname(file), link)));
}

function findLostDecisions(text: string): string[] {
  return [...text.matchAll(/\bdecision \d{3}\b/g)]
    .map(([words]) => words)
    .filter((words) => !decisions.some((name) => name.startsWith(`${words.slice(-3)}-`)));
}
