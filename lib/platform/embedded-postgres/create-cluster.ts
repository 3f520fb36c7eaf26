import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { asUser, type PostgresUser } from "./postgres-user.ts";

/**
 * Makes `folder/data` with a superuser and database `hookline` and returns the password kept beside it.
 * The cluster is made under another name and renamed, so that a start killed half-way leaves nothing half-made.
 */
export function createCluster(cluster: { binaries: PostgresBinaries; user: PostgresUser; folder: string }): string {
  const { binaries, user, folder } = cluster;
  const data = path.join(folder, "data");
  const passwordFile = path.join(folder, "password");
  if (existsSync(data)) {
    const major = readFileSync(path.join(data, "PG_VERSION"), "utf8").trim();
    if (!binaries.version.startsWith(`${major}.`))
      throw new Error(`The data in ${data} belongs to PostgreSQL ${major}; this Hookline brings ${binaries.version}.`);
    return readFileSync(passwordFile, "utf8").trim();
  }

  const password = randomBytes(24).toString("hex");
  const fresh = `${data}.new`;
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.kind === "other") chownSync(passwordFile, user.uid, user.gid);
  const run = (program: string, args: string[], input?: string) => {
    const done = spawnSync(program, args, {
      ...asUser(user),
      cwd: folder,
      encoding: "utf8",
      input,
      env: { LC_ALL: "C" } as never,
    });
    if (done.status !== 0)
      throw new Error(`${path.basename(program)} failed.\n${done.error?.message ?? done.stderr.slice(-4000)}`);
  };
  run(binaries.initdb, [
    ...["-D", fresh, "-U", "hookline", `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "--encoding=UTF8"],
    ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums", "--no-sync"],
  ]);
  run(binaries.postgres, ["--single", "-D", fresh, "postgres"], "CREATE DATABASE hookline\n");
  renameSync(fresh, data);
  return password;
}
