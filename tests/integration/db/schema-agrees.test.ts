import { readFileSync } from "node:fs";
import type pg from "pg";
import { expect, test } from "vitest";
import { withClient } from "#lib/db/with-client.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { readPrismaSchema, type SchemaTable } from "#tests/support/read-prisma-schema.ts";

const database = useTestDatabase();
const schema = readPrismaSchema(readFileSync("prisma/schema.prisma", "utf8"));

test("the migrations make exactly the tables and columns of schema.prisma", async () => {
  const tables = await withClient(database.url, readDatabase);
  expect(tables.map(({ name, columns }) => ({ name, columns: sorted(columns) })).sort(byName)).toEqual(
    schema.map(({ name, columns }) => ({ name, columns: sorted(columns) })).sort(byName),
  );
});

test("every key, unique constraint, index and reference of schema.prisma exists in the database", async () => {
  const tables = new Map((await withClient(database.url, readDatabase)).map((table) => [table.name, table]));
  for (const wanted of schema) {
    const found = tables.get(wanted.name);
    expect(found?.primaryKey, `${wanted.name} primary key`).toEqual(wanted.primaryKey);
    for (const unique of wanted.uniques) expect(found?.uniques, `${wanted.name} unique`).toContainEqual(unique);
    for (const index of wanted.indexes) expect(found?.indexes, `${wanted.name} index`).toContainEqual(index);
    expect(found?.foreignKeys.sort(), `${wanted.name} references`).toEqual(wanted.foreignKeys.sort());
  }
});

test("a column that only one side has is found", async () => {
  await withClient(database.url, async (client) => {
    await client.query("BEGIN; ALTER TABLE workspace ADD COLUMN planted text");
    const found = (await readDatabase(client)).find((table) => table.name === "workspace");
    await client.query("ROLLBACK");
    expect(sorted(found?.columns ?? {})).not.toEqual(
      sorted(schema.find((table) => table.name === "workspace")?.columns ?? {}),
    );
  });
});

/** A list column is nullable in what Prisma migrates and never null in what it reads: that difference is none. */
async function readDatabase(client: pg.Client): Promise<SchemaTable[]> {
  const columns = await client.query<{ table: string; column: string; type: string; nullable: boolean }>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
            NOT a.attnotnull AS nullable
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> '_prisma_migrations'`,
  );
  const indexes = await client.query<{
    table: string;
    primary: boolean;
    unique: boolean;
    partial: boolean;
    columns: string[];
  }>(
    `SELECT c.relname AS table, i.indisprimary AS primary, i.indisunique AS unique, i.indpred IS NOT NULL AS partial,
            ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int[]) WITH ORDINALITY k(n, o)
                  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.n ORDER BY k.o) AS columns
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace`,
  );
  const references = await client.query<{ table: string; definition: string; action: string }>(
    `SELECT conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS definition, confdeltype AS action
     FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = 'public'::regnamespace`,
  );
  const actions: Record<string, string> = { a: "noaction", r: "restrict", c: "cascade", n: "setnull", d: "setdefault" };
  return [...new Set(columns.rows.map((row) => row.table))].map((name) => {
    const own = indexes.rows.filter((index) => index.table === name && !index.partial);
    return {
      name,
      columns: Object.fromEntries(
        columns.rows
          .filter((row) => row.table === name)
          .map((row) => [row.column, `${shortType(row.type)}${row.nullable && !row.type.endsWith("[]") ? "?" : ""}`]),
      ),
      primaryKey: own.find((index) => index.primary)?.columns ?? [],
      uniques: own.filter((index) => index.unique && !index.primary).map((index) => index.columns),
      indexes: own.filter((index) => !index.unique).map((index) => index.columns),
      foreignKeys: references.rows
        .filter((row) => unquoted(row.table) === name)
        .map(({ definition, action }) => {
          const [, from = "", to = "", keys = ""] =
            /FOREIGN KEY \((.*?)\) REFERENCES (\S+?)\((.*?)\)/.exec(definition) ?? [];
          return `${from.replaceAll(" ", "")} -> ${unquoted(to)}(${keys.replaceAll(" ", "")}) ${actions[action]}`;
        }),
    };
  });
}

function shortType(type: string): string {
  const zoned = /^timestamp\((\d)\) with time zone$/.exec(type);
  return zoned === null ? type : `timestamptz(${zoned[1]})`;
}

const unquoted = (name: string) => name.replaceAll('"', "");
const sorted = (columns: Record<string, string>) => Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1));
const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
