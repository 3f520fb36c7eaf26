import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lchownSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { markProcess } from "../process-mark.ts";
import { asUser, type PostgresUser } from "./postgres-user.ts";
import { findServersIn, readPostmasterFile } from "./postmaster-file.ts";

/**
 * Makes an existing database's folder one that PostgreSQL starts on after a move, a copy or a restore: owner, mode, and
 * a `postmaster.pid` that names a process elsewhere. Touches no data; throws, with what to do, where it may not.
 */
export function repairCluster(cluster: { user: PostgresUser; folder: string }): void {
  const { user, folder } = cluster;
  const data = path.join(folder, "data");
  if (!existsSync(data)) return;
  if (!existsSync(path.join(data, "PG_VERSION")))
    throw new Error(
      `${data} is not a PostgreSQL database: it has no PG_VERSION. Restore the whole folder, or move it away.`,
    );
  if (!existsSync(path.join(folder, "password")))
    throw new Error(`${folder} has no file \`password\`: restore the whole folder, not only \`data\` in it.`);
  requireEntry(user, path.dirname(folder));
  if (readPostmasterFile(data) !== null) return;
  repairOwner(user, folder, data);
  // PostgreSQL takes 0700 and 0750, nothing wider.
  if ((statSync(data).mode & 0o777 & ~0o750) !== 0 || (statSync(data).mode & 0o700) !== 0o700) chmodSync(data, 0o700);
  dropForeignLock(data);
}

/** As root: the account PostgreSQL runs under must get as far as the folder. */
function requireEntry(user: PostgresUser, parent: string): void {
  if (user.kind === "self") return;
  // Not by `cwd`: Node changes folder before it changes user.
  const tried = spawnSync("test", ["-x", parent], { ...asUser(user), stdio: "ignore" });
  if (tried.status === 1)
    throw new Error(
      `The database is under ${parent}, which the user postgres cannot enter, and PostgreSQL does not run as root. ` +
        "Start Hookline as the user who owns that folder, or move the database to /var/lib/hookline/<any name> and " +
        "start with HOOKLINE_POSTGRES_FOLDER=/var/lib/hookline/<any name>.",
    );
}

/** A copy made as root belongs to root, one from another machine to whoever had that number there. */
function repairOwner(user: PostgresUser, folder: string, data: string): void {
  const uid = user.kind === "other" ? user.uid : process.getuid?.();
  if (uid === undefined) return;
  const samples = [folder, data, ...["PG_VERSION", "base", "global/pg_control"].map((name) => path.join(data, name))];
  const beside = ["password", "owner-password"].map((name) => path.join(folder, name));
  const wrong = [...samples, ...beside].find((file) => existsSync(file) && lstatSync(file).uid !== uid);
  if (wrong === undefined) return;
  if (user.kind === "self")
    throw new Error(
      `${wrong} belongs to another user (uid ${lstatSync(wrong).uid}), and PostgreSQL needs it to be yours: ` +
        `sudo chown -R ${uid} ${folder}`,
    );
  giveTo(user, folder);
}

function giveTo(user: { uid: number; gid: number }, file: string): void {
  lchownSync(file, user.uid, user.gid);
  if (lstatSync(file).isDirectory()) for (const name of readdirSync(file)) giveTo(user, path.join(file, name));
}

/**
 * PostgreSQL refuses to start while the process its lock file names lives, whatever it is: after a copy or a restart of
 * the machine that is another program. A number that is free it handles itself, and better: it then looks for orphans.
 */
function dropForeignLock(data: string): void {
  const file = path.join(data, "postmaster.pid");
  if (process.platform !== "linux" || !existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  if (Number.isInteger(pid) && pid > 0 && markProcess(pid) === null) return;
  const [orphan] = findServersIn(data, pid);
  if (orphan !== undefined)
    throw new Error(
      `A PostgreSQL process (${orphan}) still works in ${data}, or may: end it and start again. ` +
        `If it serves another folder and this one is a copy, remove ${file} instead.`,
    );
  rmSync(file);
}
