import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { asUser, type PostgresUser } from "./postgres-user.ts";

/** The role Hookline works as: it owns its database and everything in it, and nothing else of the server. */
export const OWNER_ROLE = "hookline_app";

/** Whether the role of the cluster in `folder` is there; clusters made before it existed have none. */
export function hasOwnerRole(folder: string): boolean {
  return existsSync(passwordFile(folder));
}

/**
 * Makes the role where it is missing, gives it the database and all that is in it, and returns its password. The server
 * must not run: PostgreSQL's single-user mode does it, which needs no connection. Interrupted, it is done again.
 */
export function ensureOwnerRole(cluster: { binaries: PostgresBinaries; user: PostgresUser; folder: string }): string {
  const file = passwordFile(cluster.folder);
  if (hasOwnerRole(cluster.folder)) return readFileSync(file, "utf8").trim();
  const password = randomBytes(24).toString("hex");
  const { binaries, user, folder } = cluster;
  const done = spawnSync(binaries.postgres, ["--single", "-D", path.join(folder, "data"), "hookline"], {
    ...asUser(user),
    cwd: folder,
    encoding: "utf8",
    input: statements(password).map(oneLine).join("\n").concat("\n"),
    env: { LC_ALL: "C" } as never,
  });
  // In this mode a statement that fails is reported and the next one runs; the exit code says nothing of it.
  const failure = /^.*\b(?:ERROR|FATAL|PANIC):.*$/m.exec(done.stderr);
  if (done.status !== 0 || failure !== null)
    throw new Error(
      `The database could not be given to the role ${OWNER_ROLE}.\n${failure?.[0] ?? done.stderr.slice(-4000)}`,
    );
  writeFileSync(`${file}.new`, `${password}\n`, { mode: 0o600 });
  if (user.kind === "other") chownSync(`${file}.new`, user.uid, user.gid);
  renameSync(`${file}.new`, file);
  return password;
}

function passwordFile(folder: string): string {
  return path.join(folder, "owner-password");
}

/** In single-user mode the end of a line is the end of a statement. */
function oneLine(statement: string): string {
  return statement.replace(/\s*\n\s*/g, " ").trim();
}

function statements(password: string): string[] {
  return [
    `DO $$ BEGIN
       IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${OWNER_ROLE}') THEN CREATE ROLE ${OWNER_ROLE}; END IF;
     END $$`,
    `ALTER ROLE ${OWNER_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ` +
      `'${password}'`,
    `ALTER DATABASE hookline OWNER TO ${OWNER_ROLE}`,
    handOver(
      `SELECT format('SCHEMA %I', nspname) FROM pg_namespace
       WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')`,
    ),
    handOver(
      `SELECT format('TABLE %s', c.oid::regclass) FROM pg_class c
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${ours("c.relnamespace")}`,
    ),
    handOver(
      `SELECT format('SEQUENCE %s', c.oid::regclass) FROM pg_class c WHERE c.relkind = 'S' AND ${ours("c.relnamespace")}
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                           AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))`,
    ),
    handOver(`SELECT format('ROUTINE %s', p.oid::regprocedure) FROM pg_proc p WHERE ${ours("p.pronamespace")}`),
    handOver(
      `SELECT format('TYPE %s', t.oid::regtype) FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
       WHERE (t.typtype IN ('e', 'd') OR c.relkind = 'c') AND ${ours("t.typnamespace")}`,
    ),
  ];
}

/** Everything the query names gets the new owner. */
function handOver(query: string): string {
  return `DO $$ DECLARE name text; BEGIN
    FOR name IN ${query} LOOP EXECUTE 'ALTER ' || name || ' OWNER TO ${OWNER_ROLE}'; END LOOP;
  END $$`;
}

function ours(namespace: string): string {
  return `${namespace} IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')`;
}
