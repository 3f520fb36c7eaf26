import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();

test("connections without hosts may go anywhere after the upgrade, and say so; all others stay the same", async () => {
  const cases: [kind: string, before: string, after: string][] = [
    ["http.bearer", '{"hosts":[]}', '{"hosts":["*"]}'],
    ["http.bearer", "{}", '{"hosts":["*"]}'],
    ["http.apiKey", '{"header":"X-Key","hosts":[]}', '{"header":"X-Key","hosts":["*"]}'],
    ["http.basic", '{"user":"ada"}', '{"hosts":["*"],"user":"ada"}'],
    [
      "http.basic",
      JSON.stringify({ user: '"hosts":[]', hosts: [] }),
      JSON.stringify({ user: '"hosts":[]', hosts: ["*"] }),
    ],
    ["http.bearer", '{"hosts":["api.acme.dev"]}', '{"hosts":["api.acme.dev"]}'],
    ["smtp", '{"host":"mail.acme.dev"}', '{"host":"mail.acme.dev"}'],
  ];
  const ids = cases.map(() => newId());
  for (const [index, [kind, before]] of cases.entries())
    await pool().query("INSERT INTO connection (id, workspace_id, name, kind, config) VALUES ($1, $2, 'x', $3, $4)", [
      ids[index],
      newId(),
      kind,
      before,
    ]);
  await pool().query(readFileSync("prisma/migrations/0029_connection_hosts/migration.sql", "utf8"));
  for (const [index, [, , after]] of cases.entries()) {
    const { rows } = await pool().query("SELECT config FROM connection WHERE id = $1", [ids[index]]);
    expect(rows[0].config).toBe(after);
  }
});
