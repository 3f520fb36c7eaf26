import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { findUndocumentedExports } from "#scripts/find-undocumented-exports.ts";
import { listProjectFiles, listSources } from "#scripts/list-sources.ts";

const LINES_MAX = 300;
const MEDIAN_LINES_MAX = 100;
const LINE_CHARACTERS_MAX = 120;
const VAGUE_NAMES = /^(utils?|helpers?|common|misc|index|constants|shared|service|manager)\.(ts|tsx|js)$/;

/** Files whose lines people write and read. */
const LINES_OF = /\.(ts|tsx|js|mjs|css|md|sql)$/;

/** What a script writes, what others wrote, and migrations: their checksums are in every database that has them. */
const NOT_OURS_TO_BREAK = /\.generated\.|^tests\/fixtures\/|^prisma\/migrations\//;

/** A row of a table has no other form in Markdown than one line. */
const TABLE_ROW = /^\s*\|.*\|$/;

const lines = (file: string) => readFileSync(file, "utf8").split("\n").length - 1;

test(`no source file is longer than ${LINES_MAX} lines, and half of them stay under ${MEDIAN_LINES_MAX}`, () => {
  const lengths = listSources().map((file) => ({ file, length: lines(file) }));
  expect(lengths.filter(({ length }) => length > LINES_MAX)).toEqual([]);
  const sorted = lengths.map(({ length }) => length).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MEDIAN_LINES_MAX);
});

test(`no line we write is longer than ${LINE_CHARACTERS_MAX} characters`, () => {
  const written = listProjectFiles().filter((file) => LINES_OF.test(file) && !NOT_OURS_TO_BREAK.test(file));
  expect(written.flatMap((file) => findLongLines(file, readFileSync(file, "utf8")))).toEqual([]);
});

test("files and folders have kebab-case names that say what is inside", () => {
  expect(listSources().filter((file) => !isWellNamed(file))).toEqual([]);
});

test("every export says in a sentence what it promises", () => {
  const missing = listSources()
    .filter((file) => !file.endsWith(".test.ts") && !file.endsWith(".config.ts") && !file.endsWith(".config.js"))
    .flatMap((file) => findUndocumentedExports(file, readFileSync(file, "utf8")).map((name) => `${file}: ${name}`));
  expect(missing).toEqual([]);
});

test("no file says of itself that it is unfinished, and no test is left out", () => {
  const words = new RegExp(
    `\\b(${["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"].join("|")})\\b|not ${"implemented"}|coming ${"soon"}`,
  );
  const skipped = /\b(it|test|describe)\.(only|skip|todo|fails)\(|\bx(it|describe)\(/;
  const found = listSources().filter((file) => {
    const source = readFileSync(file, "utf8");
    return words.test(source) || (file.startsWith("tests/") && skipped.test(source));
  });
  expect(found).toEqual([]);
});

test("nothing names a path outside the project, a registry's host or a developer's machine", () => {
  const places = new RegExp(
    [`\\.\\./${"shared"}`, `(^|[^A-Za-z0-9_.])/(${"work"}|${"farm"})/`, `"resolved": *"https?://`].join("|"),
    "m",
  );
  const text = listProjectFiles().filter((file) => !/\.(png|ico|woff2?|bin)$/.test(file));
  expect(text.filter((file) => places.test(readFileSync(file, "utf8")))).toEqual([]);
});

describe("the checks themselves can fail", () => {
  test("an export without a sentence is found, one with a sentence is not", () => {
    const source =
      "/** Says it. */\nexport function said() {}\n\nexport const unsaid = 1;\nexport async function alsoUnsaid() {}\n";
    expect(findUndocumentedExports("lib/core/x.ts", source)).toEqual(["unsaid", "alsoUnsaid"]);
    expect(findUndocumentedExports("app/page.tsx", "export default function Page() {}")).toEqual([]);
    expect(findUndocumentedExports("lib/core/x.ts", "export default class Thing {}")).toEqual(["default"]);
  });

  test("a line that is too long is found with its place, a table's row in a document is not", () => {
    const row = `| ${"x".repeat(LINE_CHARACTERS_MAX)} |`;
    const fits = "x".repeat(LINE_CHARACTERS_MAX);
    expect(findLongLines("docs/a.md", `${fits}\n${row}\n${fits}x\n`)).toEqual(["docs/a.md:3 has 121 characters"]);
    expect(findLongLines("lib/core/a.ts", `${fits}\n${row}\n`)).toEqual(["lib/core/a.ts:2 has 124 characters"]);
  });

  test("vague and camel-case names are found, Next's own forms are not", () => {
    const names = ["lib/core/utils.ts", "lib/core/receiveEvent.ts", "lib/My-Folder/a.ts", "components/index.ts"];
    expect(names.filter(isWellNamed)).toEqual([]);
    expect(
      ["app/(app)/runs/[runId]/page.tsx", "app/api/v1/[[...route]]/route.ts", "lib/x/registry.generated.ts"].every(
        isWellNamed,
      ),
    ).toBe(true);
  });
});

function isWellNamed(file: string): boolean {
  if (VAGUE_NAMES.test(path.basename(file))) return false;
  return file
    .split("/")
    .every(
      (part) =>
        /^[._]?[a-z0-9]+([-.][a-z0-9]+)*$/.test(part) ||
        (/^\(?\[{0,2}(\.\.\.)?[a-z][A-Za-z0-9-]*\]{0,2}\)?$/.test(part) && /[[(]/.test(part)),
    );
}

function findLongLines(file: string, text: string): string[] {
  return text.split("\n").flatMap((line, at) => {
    if (line.length <= LINE_CHARACTERS_MAX || (file.endsWith(".md") && TABLE_ROW.test(line))) return [];
    return [`${file}:${at + 1} has ${line.length} characters`];
  });
}
