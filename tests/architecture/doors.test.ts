import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ACTION_POLICY, PAGE_POLICY, ROUTE_POLICY } from "#lib/auth/door-policy.ts";

const files = ["app", "components", "lib"]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.posix.join(folder, name)),
  )
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("lib/db/generated/"))
  .map((file) => ({ file, source: readFileSync(file, "utf8") }));

/** "app/(app)/runs/[runId]/page.tsx" → "/runs/[runId]" */
const pathOf = (file: string) =>
  path.posix
    .dirname(file)
    .replace(/^app/, "")
    .replace(/\/\([^)]*\)/g, "") || "/";
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

test("every page says who may open it", () => {
  const pages = files.filter(({ file }) => /^app\/(.*\/)?page\.tsx?$/.test(file)).map(({ file }) => pathOf(file));
  expect(pages.sort(), "list new pages in lib/auth/door-policy.ts").toEqual(Object.keys(PAGE_POLICY).sort());
});

test("every route handler says who may use it, by method", () => {
  const routes = files
    .filter(({ file }) => /^app\/(.*\/)?route\.tsx?$/.test(file))
    .map(({ file, source }) => {
      const exported = METHODS.filter((method) =>
        new RegExp(`export (async )?(function|const) ${method}\\b|as ${method}\\b|export \\{[^}]*\\b${method}\\b`).test(
          source,
        ),
      );
      return [pathOf(file), exported.sort()];
    });
  const listed = Object.entries(ROUTE_POLICY).map(([route, methods]) => [route, Object.keys(methods).sort()]);
  expect(Object.fromEntries(routes), "list new routes in lib/auth/door-policy.ts").toEqual(Object.fromEntries(listed));
});

test("every server action says who may call it, and server actions stand only in files that are all actions", () => {
  const actions = files
    .filter(({ source }) => /^\s*["']use server["']/m.test(source))
    .map(({ file, source }) => {
      expect(source, `${file}: "use server" belongs in the first line`).toMatch(/^"use server";/);
      return [file, [...source.matchAll(/^export (?:async function|const) (\w+)/gm)].map(([, name]) => name).sort()];
    });
  const listed = Object.entries(ACTION_POLICY).map(([file, names]) => [file, Object.keys(names).sort()]);
  expect(Object.fromEntries(actions), "list new actions in lib/auth/door-policy.ts").toEqual(
    Object.fromEntries(listed),
  );
});
