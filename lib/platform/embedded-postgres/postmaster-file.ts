import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { markProcess, readStat } from "../process-mark.ts";

/** What PostgreSQL writes about itself into `postmaster.pid`. */
export type PostmasterFile = { pid: number; port: number; status: "starting" | "ready" | "stopping" };

/** Reads who serves the data folder; null when nobody does, also when the file is left over from a crash. */
export function readPostmasterFile(data: string): PostmasterFile | null {
  let lines: string[];
  try {
    lines = readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n");
    if (lines[1] !== data && lines[1] !== realpathSync(data)) return null;
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isPostgres(pid)) return null;
  const status = lines[7]?.trim() ?? "";
  return {
    pid,
    port: Number(lines[3]),
    status: status === "ready" || status === "standby" ? "ready" : status === "stopping" ? "stopping" : "starting",
  };
}

/** After a crash the number may belong to another program; where /proc exists its name decides. */
function isPostgres(pid: number): boolean {
  if (markProcess(pid) === null) return false;
  const stat = readStat(pid);
  return stat === null ? process.platform !== "linux" : stat.name.startsWith("postgres");
}
