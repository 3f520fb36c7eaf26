import { expect, test } from "vitest";
import { numberOf, readMigrations } from "#lib/db/migrations.ts";

/** Migrations up to this one came before Hookline could be upgraded process by process. */
const LAST_SILENT = 11;

test("every migration says how old code may run beside it, in a line of its own", () => {
  const silent = readMigrations().filter(({ name, oldestCode }) => numberOf(name) > LAST_SILENT && oldestCode === null);
  const help =
    "begin with `-- oldest code: 0011`: the newest migration that a running Hookline must know (docs/decisions/082)";
  expect(silent.map(({ name }) => `${name}: ${help}`)).toEqual([]);
});

test("no migration asks for code newer than itself", () => {
  const wrong = readMigrations().filter(({ name, oldestCode }) => oldestCode !== null && oldestCode > numberOf(name));
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
