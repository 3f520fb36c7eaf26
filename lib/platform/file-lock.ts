import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What taking a lock ended in: what gives it back, or the process that holds it. */
export type FileLock = { kind: "taken"; release: () => void } | { kind: "held"; by: number };

/** Takes the lock file at once or says who holds it; a lock whose process is gone is taken over. */
export function tryFileLock(file: string): FileLock {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return { kind: "taken", release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = readOwner(file);
    if (owner !== null && owner !== process.pid && isAlive(owner)) return { kind: "held", by: owner };
    rmSync(file, { force: true });
  }
  return { kind: "held", by: readOwner(file) ?? 0 };
}

/** Runs `work` while holding the lock file, waiting for it as long as its process lives. */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const lock = tryFileLock(file);
    if (lock.kind === "held") {
      await sleep(250);
      continue;
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
}

/** Whether a process with this number exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readOwner(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
