import { execFileSync } from "node:child_process";

/**
 * The account PostgreSQL runs under: uid and gid when we are root (it refuses to run as root), else nothing to change.
 */
export type PostgresUser = { kind: "self" } | { kind: "other"; uid: number; gid: number };

/** Finds the account for PostgreSQL; as root that is the user `postgres`, made when it is missing. */
export function findPostgresUser(): PostgresUser {
  if (process.getuid?.() !== 0) return { kind: "self" };
  try {
    return lookUp();
  } catch {
    makeUser();
    return lookUp();
  }
}

/** The part of spawn options that makes a child run as `user`. */
export function asUser(user: PostgresUser): { uid?: number; gid?: number } {
  return user.kind === "self" ? {} : { uid: user.uid, gid: user.gid };
}

function lookUp(): PostgresUser {
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));
  return { kind: "other", uid: id("-u"), gid: id("-g") };
}

function makeUser(): void {
  try {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/bin/false", "postgres"], {
      stdio: "pipe",
    });
  } catch (cause) {
    throw new Error(
      "PostgreSQL does not run as root, and the user postgres could not be made. " +
        "Start Hookline as an ordinary user, or set DATABASE_URL.",
      { cause },
    );
  }
}
