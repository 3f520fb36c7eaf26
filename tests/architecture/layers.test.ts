import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findBreaches, readImports, readLayers } from "#scripts/layers.ts";
import { listSources } from "#scripts/list-sources.ts";

const layers = readLayers();

test("no file imports what its layer may not", () => {
  const breaches = listSources().flatMap((file) => findBreaches(layers, file, readFileSync(file, "utf8")));
  expect(breaches.map((breach) => `${breach.file}: ${breach.message}`)).toEqual([]);
});

test("every folder of lib has a layer", () => {
  const folders = readdirSync("lib", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = new Set(layers.layers.map((layer) => layer.folder));
  expect(folders.map((entry) => `lib/${entry.name}`).filter((folder) => !named.has(folder))).toEqual([]);
});

test("the table in docs/architecture.md names every layer", () => {
  const page = readFileSync("docs/architecture.md", "utf8");
  expect(layers.layers.map((layer) => layer.folder).filter((folder) => !page.includes(`\`${folder}\``))).toEqual([]);
});

describe("a planted breach is found", () => {
  test.each([
    ["lib/core/ids.ts", 'import { readFileSync } from "node:fs";'],
    ["lib/engine/run-flow.ts", 'import { prisma } from "#lib/db/prisma.ts";'],
    ["lib/engine/run-flow.ts", 'import type { Db } from "#lib/db/prisma.ts";'],
    ["lib/actions/http.ts", 'import {\n  Agent,\n  request,\n} from "undici";'],
    ["lib/commands/x.ts", 'import pg from "pg";'],
    ["lib/commands/x.ts", 'const pg = await import("pg");'],
    ["lib/commands/x.ts", 'export { run } from "graphile-worker";'],
    ["lib/db/x.ts", 'import "next/server";'],
    [
      "components/ui/x.tsx",
      'import { getServerSession } from "next-auth/next";\nimport { execute } from "../../lib/commands/x.ts";',
    ],
    ["app/(app)/page.tsx", 'import { pool } from "#lib/db/pool.ts";'],
    ["server/web.ts", 'import { useState } from "react";'],
  ])("%s: %s", (file, source) => {
    expect(findBreaches(layers, file, source)).toHaveLength(1);
  });

  test("allowed imports are not reported", () => {
    const source =
      'import type { Pool } from "pg";\nimport { id } from "#lib/core/ids.ts";\nimport x from "./beside.ts";';
    expect(findBreaches(layers, "lib/commands/x.ts", source)).toEqual([]);
  });

  test("imports are read however they are written", () => {
    const source =
      "import a, { b } from \"one\";\nimport * as c from 'two';\n" +
      'export * from "three";\nimport("four");\nimport "five";';
    expect(
      readImports(source)
        .map((each) => each.imported)
        .sort(),
    ).toEqual(["five", "four", "one", "three", "two"]);
  });
});
