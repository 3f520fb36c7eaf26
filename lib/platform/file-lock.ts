import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { markProcess } from "./process-mark.ts";

/** What taking a lock ended in: what gives it back, or the process that holds it. */
export type FileLock = { kind: "taken"; release: () => void } | { kind: "held"; by: number };

/** Takes the lock file at once or says who holds it; a lock whose process is gone is taken over. */
export function tryFileLock(file: string): FileLock {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, markProcess(process.pid) ?? String(process.pid), { flag: "wx", mode: 0o600 });
      return { kind: "taken", release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = findOwner(file);
    if (owner !== null && owner !== process.pid) return { kind: "held", by: owner };
    rmSync(file, { force: true });
  }
  return { kind: "held", by: findOwner(file) ?? 0 };
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

/** Whether a process with this number lives, ours or not. */
export function isAlive(pid: number): boolean {
  return markProcess(pid) !== null;
}

/** The process the lock file names, unless it is gone and its number now another's. */
function findOwner(file: string): number | null {
  const text = readText(file);
  const pid = Number(text.split(" ")[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const mark = markProcess(pid);
  return mark === text || (mark !== null && text === String(pid)) ? pid : null;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
