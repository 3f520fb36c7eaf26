import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";

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
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [name, rest] = [stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")), stat.slice(stat.lastIndexOf(")") + 2)];
    return name.startsWith("postgres") && !rest.startsWith("Z");
  } catch {
    return process.platform !== "linux";
  }
}
