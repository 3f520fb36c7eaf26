import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import path from "node:path";
import { markProcess, readStat } from "../process-mark.ts";

/** What PostgreSQL writes about itself into `postmaster.pid`. */
export type PostmasterFile = { pid: number; port: number; status: "starting" | "ready" | "stopping" };

/** Reads who serves the data folder; null when nobody does, also when the file is left over from a crash. */
export function readPostmasterFile(data: string): PostmasterFile | null {
  let lines: string[];
  try {
    lines = readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isPostgres(pid) || !worksIn(pid, data, lines[1])) return null;
  const status = lines[7]?.trim() ?? "";
  return {
    pid,
    port: Number(lines[3]),
    status: status === "ready" || status === "standby" ? "ready" : status === "stopping" ? "stopping" : "starting",
  };
}

/**
 * Processes named postgres that work in this data folder, whatever its lock file says, and `suspect`, if it is one and
 * where it works is hidden from us. None where /proc is missing.
 */
export function findServersIn(data: string, suspect: number): number[] {
  if (process.platform !== "linux") return [];
  const works = (pid: number) => worksIn(pid, data, undefined) || (pid === suspect && findPlace(pid) === null);
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && isPostgres(pid) && works(pid));
}

/**
 * PostgreSQL's working folder is its data: it follows a move, which the path in the file, or in a copy of it, does not.
 */
function worksIn(pid: number, data: string, written: string | undefined): boolean {
  try {
    const real = realpathSync(data);
    const place = findPlace(pid);
    return place === null ? written === data || written === real : place === real;
  } catch {
    return false;
  }
}

function findPlace(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** After a crash the number may belong to another program; where /proc exists its name decides. */
function isPostgres(pid: number): boolean {
  if (markProcess(pid) === null) return false;
  const stat = readStat(pid);
  return stat === null ? process.platform !== "linux" : stat.name.startsWith("postgres");
}
